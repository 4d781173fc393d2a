"""What the site needs beyond Sphinx's own: formulas, the reference's pages, links that leave the site."""
