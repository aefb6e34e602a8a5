"""The pages, one file each, found by name: `pages = Pages()` and the functions behind its routes."""
