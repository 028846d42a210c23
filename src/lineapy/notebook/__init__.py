"""At home in IPython and Jupyter: the extension that traces cells while IPython's own runner runs them."""
