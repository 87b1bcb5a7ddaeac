"""The wake-up call: workflow ids travel over Redis or Valkey, nothing else does."""
