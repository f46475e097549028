"""The door to keys: each module is one way to keep them behind the KeyRing port."""
