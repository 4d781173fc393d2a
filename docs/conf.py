"""How ``make docs`` builds the site (build/site) from docs/, notebooks/ and the docstrings.

Sphinx, because the API reference must come from the docstrings as they are, with links that are checked;
MyST, because the pages stay the Markdown that GitHub shows; myst-nb, because it takes the kept outputs of
the notebooks. The source directory is the root of the repository, so that links between docs/, notebooks/
and CHANGELOG.md are the same here and on GitHub.
"""

import sys
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parents[1])]

import fluxbridge  # noqa: E402

project = "fluxbridge"
author = copyright = "The fluxbridge developers"
version = release = fluxbridge.__version__

extensions = [
    "myst_nb",
    "sphinx.ext.autodoc",
    "sphinx_copybutton",
    "sitekit.mathml",
    "sitekit.reference",
    "sitekit.outside",
    "sitekit.theatre",
]
root_doc = "docs/index"
include_patterns = ["docs/**", "notebooks/**", "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md"]
exclude_patterns = ["docs/sitekit", "docs/_*", "**/.ipynb_checkpoints"]
nitpicky = True  # a link that leads nowhere is a warning, and `make docs` makes errors of those
default_role = "code"

nb_execution_mode = "off"  # the tests run the notebooks and compare; here their kept outputs are shown
nb_merge_streams = True
myst_enable_extensions = ["dollarmath", "attrs_inline"]
myst_heading_anchors = 4

autodoc_member_order = "bysource"
autodoc_typehints_format = "short"
html_math_renderer = "mathml"
suppress_warnings = ["misc.highlighting_failure"]  # Julia allows more letters in names than Pygments

html_theme = "furo"
pygments_style, pygments_dark_style = "friendly", "github-dark"
html_title = "fluxbridge"
html_favicon = "_static/favicon.svg"
html_static_path = ["_static"]
html_extra_path = ["_root"]
html_css_files = ["site.css"]
html_copy_source = False
html_theme_options = {
    "source_repository": "https://github.com/fluxbridge/fluxbridge/",
    "source_branch": "main",
    "source_directory": "",
}
copybutton_prompt_text = r">>> |\.\.\. |\$ "
copybutton_prompt_is_regexp = True
