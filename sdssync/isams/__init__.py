"""An iSAMS document becomes a `School`; the only package with iSAMS words."""
