"""The truth about workflows: a database behind one face, `p2a.store.store.Store`."""
