"""What the autologgers of MLflow and of frameworks write: the scripts that recorded it, and tests on the recordings."""
