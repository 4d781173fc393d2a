"""An explanation as classroom theatre: one element of HTML with code, graph, tables and a slider.

`content.py` says what the page knows, `javascript.py` writes the recorded program out for it, `plots.py`
evaluates the function around the point; `page/` holds the script and the style, `page.py` puts them
together, `widget.py` keeps a page in a notebook in touch with Python, `pictures.py` writes files.
"""
