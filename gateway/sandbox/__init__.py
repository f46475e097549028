"""The sandbox: a whole gateway on this machine with invented people, for those who connect an agency's system to it."""
