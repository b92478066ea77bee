"""What the commands beside `build` do; each is imported when it is called."""
