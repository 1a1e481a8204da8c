"""Writes tiny random reward models as `transformers` saves them, and the rewards that it computes.

usage: python make.py    (needs torch and transformers; writes beside itself)

Each folder holds a checkpoint with its tokenizer, and `expected.json`: `options`, how the texts are
put together (see `importRewardModel`), and for each of the texts its `tokens` and its `score`, of
all texts in one padded batch, or one by one where there is no padding token, by the model that
`transformers` loads from that folder as float32.
"""

import json
import pathlib
import shutil

import torch
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, processors, trainers
from transformers import (
    AutoModelForSequenceClassification,
    AutoTokenizer,
    GPT2Config,
    GPTNeoXConfig,
    LlamaConfig,
    MistralConfig,
    PreTrainedTokenizerFast,
    Qwen2Config,
    Qwen3Config,
)

here = pathlib.Path(__file__).parent
corpus = ["the man had a wonderful day", "a child saw the old house", "our friend found that song", "User: what is it? Assistant: it is a table"]
shape = dict(hidden_size=16, intermediate_size=24, num_hidden_layers=2, num_attention_heads=4, num_key_value_heads=2, max_position_embeddings=64)
neox = dict(hidden_size=16, intermediate_size=24, num_hidden_layers=2, num_attention_heads=2, max_position_embeddings=64)
gpt2 = dict(n_embd=16, n_layer=2, n_head=2, n_positions=64)
template = (
    "{{ bos_token }}{% for message in messages %}<|{{ message['role'] }}|>{{ message['content'] }}{{ eos_token }}\n{% endfor %}"
    "{% if add_generation_prompt %}<|assistant|>{% endif %}"
)

texts = [
    ("the man had", " a wonderful day"),
    ("a child saw the old house, and our friend", " found"),
    ("what is it?", " it is a table\n"),
    ("the end", ""),
]

# Padding: a token of its own, the end-of-text, or none.
cases = {
    "llama-chat": (LlamaConfig, shape, "float32", dict(padding="own", begins=True), dict(prompts="chat")),
    "llama-tied-bf16": (LlamaConfig, dict(shape, tie_word_embeddings=True), "bfloat16", dict(padding="end", begins=True), dict(appendEndOfText=True)),
    "mistral": (MistralConfig, dict(shape, sliding_window=None), "float32", dict(padding="own", begins=True), dict(appendEndOfText=True)),
    "qwen2-shards": (Qwen2Config, shape, "float32", dict(padding="own", begins=False), dict()),
    "qwen3": (Qwen3Config, dict(shape, head_dim=8), "float16", dict(padding="none", begins=False), dict(appendEndOfText=True)),
    "gpt2": (GPT2Config, gpt2, "float32", dict(padding="end", begins=False), dict()),
    "gpt-neox": (GPTNeoXConfig, neox, "float32", dict(padding="own", begins=False), dict(appendEndOfText=True)),
}


def write_tokenizer(folder, padding, begins):
    end, pad = "<|endoftext|>", {"own": "<|padding|>", "end": "<|endoftext|>", "none": None}[padding]
    inner = Tokenizer(models.BPE())
    inner.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    inner.decoder = decoders.ByteLevel()
    special = [end, "<|begin|>", "<|padding|>", "<|user|>", "<|assistant|>"]
    inner.train_from_iterator(corpus, trainers.BpeTrainer(vocab_size=290, special_tokens=special, initial_alphabet=pre_tokenizers.ByteLevel.alphabet(), show_progress=False))
    if begins:
        inner.post_processor = processors.TemplateProcessing(single="<|begin|> $A", pair="<|begin|> $A $B", special_tokens=[("<|begin|>", inner.token_to_id("<|begin|>"))])
    tokenizer = PreTrainedTokenizerFast(tokenizer_object=inner, eos_token=end, bos_token="<|begin|>", pad_token=pad)
    tokenizer.chat_template = template
    tokenizer.save_pretrained(folder)
    return AutoTokenizer.from_pretrained(folder)


for index, (name, (config_class, sizes, dtype, tokens, options)) in enumerate(cases.items()):
    folder = here / name
    shutil.rmtree(folder, ignore_errors=True)
    tokenizer = write_tokenizer(folder, **tokens)
    torch.manual_seed(index)
    config = config_class(**sizes, vocab_size=len(tokenizer), num_labels=1, pad_token_id=tokenizer.pad_token_id, eos_token_id=tokenizer.eos_token_id, bos_token_id=tokenizer.bos_token_id)
    model = AutoModelForSequenceClassification.from_config(config)
    with torch.no_grad():
        # An order of magnitude wider than initial ones: what is left out or misplaced then shows.
        for key, parameter in model.named_parameters():
            centre = 1.0 if ("norm" in key or ".ln_" in key) and key.endswith("weight") else 0.0
            parameter.normal_(centre, 0.25)
    model.to(getattr(torch, dtype)).save_pretrained(folder, max_shard_size="12KB" if "shards" in name else "1GB")
    model = AutoModelForSequenceClassification.from_pretrained(folder, dtype=torch.float32, attn_implementation="eager").eval()

    rows = []
    for prompt, response in texts:
        if options.get("prompts") == "chat":
            turns = [{"role": "user", "content": prompt}, {"role": "assistant", "content": response.removeprefix(" ")}]
            ids = tokenizer.apply_chat_template(turns, tokenize=True, return_dict=True)["input_ids"]
        else:
            ids = tokenizer(prompt + response)["input_ids"]
        rows.append(ids + ([tokenizer.eos_token_id] if options.get("appendEndOfText") else []))
    with torch.no_grad():
        if tokenizer.pad_token_id is None:
            scores = [model(input_ids=torch.tensor([ids])).logits.item() for ids in rows]
        else:
            longest = max(map(len, rows))
            batch = torch.tensor([ids + [tokenizer.pad_token_id] * (longest - len(ids)) for ids in rows])
            mask = torch.tensor([[1] * len(ids) + [0] * (longest - len(ids)) for ids in rows])
            scores = model(input_ids=batch, attention_mask=mask).logits[:, 0].tolist()
    expected = {"options": options, "texts": [dict(prompt=prompt, response=response, tokens=ids, score=score) for (prompt, response), ids, score in zip(texts, rows, scores)]}
    (folder / "expected.json").write_text(json.dumps(expected, indent=1) + "\n")
    print(name, scores)
