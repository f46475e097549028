"""The demonstration: the whole line on this machine, with invented people. Never opens data of anybody else."""
