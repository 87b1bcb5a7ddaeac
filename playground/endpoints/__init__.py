"""The REST endpoints, one module for each kind of thing; each exports its `ROUTES`."""
