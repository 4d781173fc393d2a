"""The names of Plots, and what they are in matplotlib: one line a name."""

from __future__ import annotations


def _table(text: str) -> dict[str, str]:
    return dict(line.split(maxsplit=1) for line in text.strip().splitlines())


#: What draws, without its ``!``, and the function of ``plt``.
SERIES = _table("""
plot plot
scatter scatter
bar bar
histogram hist
heatmap pcolormesh
contour contour
contourf contourf
hline axhline
vline axvline
hspan axhspan
vspan axvspan
""")

#: Calls that change the plot: the function of ``plt``.
CHANGES = _table("""
title! title
xlabel! xlabel
ylabel! ylabel
xlims! xlim
ylims! ylim
xticks! xticks
yticks! yticks
savefig savefig
""")

#: Keywords of a series.
OPTIONS = _table("""
label label
lab label
labels label
lw linewidth
linewidth linewidth
width linewidth
c color
color color
linecolor color
lc color
seriescolor color
markercolor color
zcolor c
marker_z c
mc color
fillcolor color
ls linestyle
linestyle linestyle
style linestyle
alpha alpha
opacity alpha
linealpha alpha
la alpha
markeralpha alpha
ma alpha
fillalpha alpha
m marker
marker marker
markershape marker
shape marker
ms markersize
markersize markersize
bins bins
nbins bins
levels levels
bar_width width
""")

#: Keywords of the whole plot: the function of ``plt`` that sets it.
AXES = _table("""
title title
plot_title suptitle
xlabel xlabel
xguide xlabel
ylabel ylabel
yguide ylabel
xlims xlim
xlim xlim
ylims ylim
ylim ylim
xticks xticks
yticks yticks
xscale xscale
yscale yscale
grid grid
""")

MARKERS = _table("""
circle o
square s
rect s
diamond D
cross +
xcross x
utriangle ^
dtriangle v
star5 *
star *
hexagon h
pentagon p
dot .
none None
""")
LINES = {"solid": "-", "dash": "--", "dot": ":", "dashdot": "-."}
PLACES = _table("""
topright upper right
topleft upper left
bottomright lower right
bottomleft lower left
top upper center
bottom lower center
left center left
right center right
best best
outertopright upper right
""")
SCALES = {"log10": "log", "ln": "log", "log2": "log", "identity": "linear", "log": "log"}

#: Looks that are matplotlib's own business.
DROPPED = frozenset(
    [
        "dpi",
        "margin",
        "margins",
        "left_margin",
        "right_margin",
        "top_margin",
        "bottom_margin",
        "legendfontsize",
        "guidefontsize",
        "tickfontsize",
        "titlefontsize",
        "framestyle",
        "fmt",
        "fontfamily",
        "foreground_color_legend",
        "background_color_legend",
        "markerstrokewidth",
        "markerstrokecolor",
        "msw",
        "legend_title",
        "primary",
        "show",
        "reuse",
        "background_color",
        "titlefont",
        "legendfont",
        "xtickfont",
        "ytickfont",
        "guidefont",
        "minorgrid",
        "colorbar_title",
    ]
)

#: Calls that choose how Plots draws.
BACKENDS = frozenset(
    ["gr", "plotly", "plotlyjs", "pyplot", "pythonplot", "unicodeplots", "theme", "closeall", "default"]
)
REFUSED = {
    "surface": "write plt.figure().add_subplot(projection='3d').plot_surface(x, y, z)",
    "wireframe": "write plt.figure().add_subplot(projection='3d').plot_wireframe(x, y, z)",
    "plot3d": "write plt.figure().add_subplot(projection='3d').plot(x, y, z)",
    "quiver": "write plt.quiver(x, y, u, v)",
    "twinx": "write plt.twinx()",
    "animate": "write with matplotlib.animation",
    "gif": "write with matplotlib.animation",
    "Animation": "write with matplotlib.animation",
    "frame": "write with matplotlib.animation",
    "pie": "write plt.pie(x)",
}
