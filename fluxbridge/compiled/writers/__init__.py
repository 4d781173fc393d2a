"""Writers: a program as code. :mod:`.python` needs nothing but Python and NumPy."""
