"""The commands other than `build`; each is imported when it is called."""
