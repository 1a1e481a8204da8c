"""IPO by TRL on labelled pairs, as a stage: reads inputs/ and parameters.json, writes outputs/."""

import json
import os

os.environ.setdefault("HF_HUB_OFFLINE", "1")

import pyarrow.parquet as pq
import torch
from datasets import Dataset
from transformers import AutoModelForCausalLM, AutoTokenizer, PrinterCallback, TrainerCallback
from trl import DPOConfig, DPOTrainer

parameters = json.load(open("parameters.json"))
steps = parameters["steps"]
torch.manual_seed(parameters["seed"])

tokenizer = AutoTokenizer.from_pretrained("inputs/reference")
model = AutoModelForCausalLM.from_pretrained("inputs/reference")
pairs = pq.read_table("inputs/preferences.parquet", columns=["prompt", "chosen", "rejected", "tie"])
rows = [{key: row[key] for key in ("prompt", "chosen", "rejected")} for row in pairs.to_pylist() if not row["tie"]]


class Report(TrainerCallback):
    """One line of JSON per logged step is progress; outputs/metrics.jsonl has all of them."""

    def __init__(self):
        self.file = open("outputs/metrics.jsonl", "w")

    def on_log(self, args, state, control, logs=None, **_):
        values = {name.replace("/", "_"): value for name, value in (logs or {}).items() if isinstance(value, (int, float))}
        if "loss" not in values:
            return
        print(json.dumps({"step": state.global_step, "total": steps, "loss": values["loss"]}))
        for name, value in values.items():
            self.file.write(json.dumps({"step": state.global_step, "name": name, "value": value}) + "\n")
        self.file.flush()


trainer = DPOTrainer(
    model=model,
    processing_class=tokenizer,
    train_dataset=Dataset.from_list(rows),
    callbacks=[Report()],
    args=DPOConfig(
        output_dir=os.environ["ASSAY_RESUME"],
        loss_type="ipo",
        beta=parameters["beta"],
        max_steps=steps,
        per_device_train_batch_size=parameters["batchSize"],
        learning_rate=parameters["learningRate"],
        lr_scheduler_type="constant_with_warmup",
        warmup_steps=max(1, round(steps / 20)),
        weight_decay=0.0,
        max_grad_norm=1.0,
        max_length=None,
        bf16=False,
        gradient_checkpointing=False,
        logging_steps=10,
        save_steps=100,
        save_total_limit=1,
        seed=parameters["seed"],
        report_to=[],
        disable_tqdm=True,
        use_cpu=not torch.cuda.is_available(),
    ),
)
trainer.remove_callback(PrinterCallback)
kept = [name for name in os.listdir(os.environ["ASSAY_RESUME"]) if name.startswith("checkpoint-")]
trainer.train(resume_from_checkpoint=bool(kept))

# As Assay's own: what the checkpoints share, and one folder per checkpoint.
for folder in ("outputs/checkpoints", f"outputs/checkpoints/checkpoint-{steps}"):
    tokenizer.save_pretrained(folder)
    model.config.save_pretrained(folder)
model.save_pretrained(f"outputs/checkpoints/checkpoint-{steps}")
