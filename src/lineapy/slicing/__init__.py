"""The least code that makes a value: backward walk with reasons, code that did not run, rendering to text."""
