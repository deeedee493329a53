"""Real notebooks in real kernels: what a person does with them, and what must hold afterwards."""
