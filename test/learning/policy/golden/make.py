"""Writes tiny random checkpoints as `transformers` saves them, and what it computes from them.

usage: python make.py    (needs torch, transformers and peft; writes beside itself)

Each folder holds a checkpoint (config.json, model.safetensors or its shards) and `expected.json`:
`tokens`, sequences of unequal length; `logits` of the last position of each and of every fourth one
before it, `greedy`, eight tokens continued by the largest logit, and `gradients`, of the sum of all
log-probabilities of each sequence's tokens: of each parameter its norm and its first and last
element. All are of the model that `transformers` loads from that folder as float32.

Some have `lora`, an adapter as PEFT saves it, with its own `expected.json`: of the model with the
adapter, and gradients of the adapter's matrices.
"""

import json
import pathlib
import shutil

import torch
from peft import LoraConfig, get_peft_model
from transformers import (
    AutoModelForCausalLM,
    GPT2Config,
    GPTNeoXConfig,
    LlamaConfig,
    MistralConfig,
    Qwen2Config,
    Qwen3Config,
)

here = pathlib.Path(__file__).parent
shape = dict(vocab_size=67, hidden_size=24, intermediate_size=40, num_hidden_layers=2, num_attention_heads=4, num_key_value_heads=2, max_position_embeddings=64)
neox = dict(vocab_size=67, hidden_size=32, intermediate_size=40, num_hidden_layers=2, num_attention_heads=2, max_position_embeddings=64)
gpt2 = dict(vocab_size=67, n_embd=24, n_layer=2, n_head=3, n_positions=64)
llama3 = dict(rope_type="llama3", factor=4.0, low_freq_factor=1.0, high_freq_factor=4.0, original_max_position_embeddings=16)

cases = {
    "llama-tied": (LlamaConfig(**shape, tie_word_embeddings=True, rope_theta=10000.0), "float32"),
    "llama3-biases": (LlamaConfig(**shape, attention_bias=True, mlp_bias=True, rope_theta=500000.0, rope_scaling=llama3), "bfloat16"),
    "llama-linear": (LlamaConfig(**{**shape, "head_dim": 10}, rope_scaling=dict(rope_type="linear", factor=2.0)), "float16"),
    "mistral": (MistralConfig(**shape, sliding_window=None), "float32"),
    "qwen2-untied": (Qwen2Config(**shape, tie_word_embeddings=False, rope_theta=1000000.0), "bfloat16"),
    "qwen2-tied-shards": (Qwen2Config(**shape, tie_word_embeddings=True), "float32"),
    "qwen3": (Qwen3Config(**{**shape, "head_dim": 8}, tie_word_embeddings=True), "float32"),
    "gpt2-relu-untied": (GPT2Config(**gpt2, n_inner=40, activation_function="relu", layer_norm_epsilon=1e-6, tie_word_embeddings=False), "float32"),
    "gpt2-gelu": (GPT2Config(**gpt2, activation_function="gelu"), "float16"),
    "gpt-neox": (GPTNeoXConfig(**neox, rotary_pct=0.25), "float32"),
    "gpt-neox-serial": (GPTNeoXConfig(**neox, rotary_pct=1.0, use_parallel_residual=False, attention_bias=False, hidden_act="gelu_new", tie_word_embeddings=True), "bfloat16"),
}

adapters = {
    "llama-tied": dict(target_modules=["q_proj", "v_proj", "down_proj"]),
    "gpt2-gelu": dict(target_modules=["c_attn", "c_proj", "c_fc"], fan_in_fan_out=True),
    "gpt-neox": dict(target_modules="all-linear"),
}


def measure(model, sequences):
    model.zero_grad()
    logits, greedy = [], []
    total = 0
    for ids in sequences:
        scores = model(input_ids=ids[None]).logits[0]
        total = total + torch.log_softmax(scores[:-1], -1).gather(1, ids[1:, None]).sum()
        kept = list(range((len(ids) - 1) % 4, len(ids), 4))
        logits.append({str(position): [float(f"{value:.6g}") for value in scores[position].tolist()] for position in kept})
        more = ids
        for _ in range(8):
            with torch.no_grad():
                more = torch.cat([more, model(input_ids=more[None]).logits[0, -1].argmax()[None]])
        greedy.append(more[len(ids):].tolist())
    total.backward()
    gradients = {
        key.replace(".default", ""): {"norm": parameter.grad.norm().item(), "first": parameter.grad.flatten()[0].item(), "last": parameter.grad.flatten()[-1].item()}
        for key, parameter in model.named_parameters()
        if parameter.requires_grad
    }
    return {"tokens": [ids.tolist() for ids in sequences], "logp": total.item(), "logits": logits, "greedy": greedy, "gradients": gradients}


def write(folder, expected):
    (folder / "expected.json").write_text(json.dumps(expected, separators=(",", ":")) + "\n")


for index, (name, (config, dtype)) in enumerate(cases.items()):
    folder = here / name
    shutil.rmtree(folder, ignore_errors=True)
    torch.manual_seed(index)
    model = AutoModelForCausalLM.from_config(config)
    with torch.no_grad():
        # An order of magnitude wider than initial ones: what is left out or misplaced then shows.
        for key, parameter in model.named_parameters():
            centre = 1.0 if "norm" in key and key.endswith("weight") or ".ln_" in key and key.endswith("weight") else 0.0
            parameter.normal_(centre, 0.25)
    model.to(getattr(torch, dtype)).save_pretrained(folder, max_shard_size="12KB" if "shards" in name else "1GB")
    (folder / "generation_config.json").unlink(missing_ok=True)
    model = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32, attn_implementation="eager")
    sequences = [torch.randint(0, config.vocab_size, (length,)) for length in (40, 7)]
    expected = measure(model, sequences)
    # `transformers` 5 calls GPT-NeoX's output layer otherwise in memory than in its files.
    if name.startswith("gpt-neox") and "lm_head.weight" in expected["gradients"]:
        expected["gradients"]["embed_out.weight"] = expected["gradients"].pop("lm_head.weight")
    write(folder, expected)
    if name in adapters:
        adapted = get_peft_model(model, LoraConfig(r=3, lora_alpha=12, lora_dropout=0.0, task_type="CAUSAL_LM", **adapters[name]))
        with torch.no_grad():
            for key, parameter in adapted.named_parameters():
                if parameter.requires_grad:
                    parameter.normal_(0, 0.25)
        adapted.save_pretrained(folder / "lora")
        (folder / "lora" / "README.md").unlink(missing_ok=True)
        saved = json.loads((folder / "lora" / "adapter_config.json").read_text())
        saved["base_model_name_or_path"] = None
        saved["target_modules"] = sorted(saved["target_modules"])
        (folder / "lora" / "adapter_config.json").write_text(json.dumps(saved, indent=2) + "\n")
        write(folder / "lora", measure(adapted, sequences))
    print(name, expected["logp"])
