"""The upstream systems, simulated: they speak the real wires and import nothing of ours."""
