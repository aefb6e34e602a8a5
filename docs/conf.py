"""How the documentation is built: Markdown in, HTML out, warnings are errors."""

project = "pelvicrt"
copyright = "pelvicrt contributors"  # noqa: A001
extensions = ["myst_parser"]
myst_enable_extensions = ["colon_fence", "deflist"]
myst_heading_anchors = 3
html_theme = "furo"
html_title = "pelvicrt"
exclude_patterns = ["_build"]
