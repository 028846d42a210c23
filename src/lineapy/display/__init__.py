"""What notebooks and terminals show: plain data → HTML, SVG, text. No artifact is loaded here, no store is known."""
