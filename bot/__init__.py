"""The web door: signed webhooks in, one transaction, 202 out; and the signed artifact links."""
