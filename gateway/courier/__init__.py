"""What the gateway does on its own, beside answering. Every change goes through the writer."""
