"""An MLflow tracking server as a store: see `server`."""
