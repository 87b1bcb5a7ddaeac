"""The forms in which a report leaves: rendering is apart from measuring."""
