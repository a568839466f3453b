"""The parts of benches/peers.py."""
