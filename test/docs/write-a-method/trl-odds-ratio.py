"""
Writes trl-odds-ratio.json: what `ORPOTrainer.odds_ratio_loss` of TRL gives for mean
log-probabilities of chosen and rejected responses. Needs trl (1.16.0 made the committed file).

    python trl-odds-ratio.py > trl-odds-ratio.json
"""

import json
import sys
from types import SimpleNamespace

import torch
import trl
from trl.experimental.orpo import ORPOTrainer

beta = 0.1
# Nats a token. From certain to hopeless, on both sides of -0.693, where TRL changes its formula.
values = [-0.001, -0.05, -0.4, -0.69, -0.7, -1.5, -3.25, -7.0, -20.0]
chosen = [one for one in values for _ in values]
rejected = [other for _ in values for other in values]
trainer = SimpleNamespace(beta=beta, accelerator=SimpleNamespace(device="cpu"))
losses, *_ = ORPOTrainer.odds_ratio_loss(trainer, torch.tensor(chosen), torch.tensor(rejected))
json.dump(
    {"trl": trl.__version__, "torch": torch.__version__.split("+")[0], "beta": beta, "chosen": chosen, "rejected": rejected, "losses": losses.tolist()},
    sys.stdout,
    indent=2,
)
print()
