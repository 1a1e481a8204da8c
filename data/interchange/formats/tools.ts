import type { Layout } from "./layout.ts"

/** Formats that tools for training ask for. */
export const tools = {
  trl: {
    title: "TRL, preference",
    of: [
      "TRL",
      "XTuner",
      "jondurbin/py-dpo-v0.1",
      "unalignment/toxic-dpo-v0.2",
      "Dahoas/synthetic-instruct-gptj-pairwise",
      "Dahoas/rm-static",
    ],
    note: "`chosen` and `rejected` as text or conversations; `prompt` beside them (explicit) or as their common beginning (implicit). All records of a file have one form. Text is taken as it is. Scores, where there are some, are `score_chosen` and `score_rejected`. Calls of tools are written as JSON; `tools` is not imported.",
  },
  "trl-unpaired": {
    title: "TRL, unpaired preference (KTO)",
    of: ["TRL", "trl-lib/kto-mix-14k"],
    mapping: { prompt: "prompt", response: "completion", label: "label" },
  },
  "openai-dpo": {
    title: "OpenAI fine-tuning by DPO",
    of: ["OpenAI", "Fireworks", "Together"],
    note: "`input.tools` is not imported.",
    mapping: { prompt: "input.messages", chosen: "preferred_output", rejected: "non_preferred_output" },
  },
  "sharegpt-ranking": {
    title: "LLaMA-Factory, ShareGPT ranking",
    of: ["LLaMA-Factory", "hiyouga/DPO-En-Zh-20k"],
    mapping: { system: "system?", prompt: "conversations", chosen: "chosen", rejected: "rejected" },
  },
  "sharegpt-kto": {
    title: "LLaMA-Factory, ShareGPT with a label (KTO)",
    of: ["LLaMA-Factory", "ms-swift"],
    mapping: { prompt: "messages[:-1]", response: "messages[-1]", label: "label" },
  },
  "alpaca-ranking": {
    title: "LLaMA-Factory, Alpaca ranking",
    of: ["LLaMA-Factory"],
    note: "`history` is not imported.",
    mapping: { as: "dialogue", system: "system?", prompt: ["instruction", "input?"], chosen: "chosen", rejected: "rejected" },
  },
  "alpaca-comparison": {
    title: "Alpaca comparison, the better output first",
    of: ["LLaMA-Factory before version 0.8", "comparison_gpt4_data_en", "comparison_gpt4_data_zh"],
    mapping: { as: "dialogue", prompt: ["instruction", "input?"], chosen: "output[0]", rejected: "output[1]" },
  },
  "alpaca-kto": {
    title: "LLaMA-Factory, Alpaca with a label (KTO)",
    of: ["LLaMA-Factory"],
    mapping: { as: "dialogue", system: "system?", prompt: ["instruction", "input?"], response: "output", label: "kto_tag" },
  },
  "swift-dpo": {
    title: "ms-swift, preference",
    of: ["ms-swift"],
    mapping: { prompt: "messages[:-1]", chosen: "messages[-1]", rejected: "rejected_response" },
  },
  "axolotl-chat": {
    title: "axolotl, `chat_template.default`",
    of: ["axolotl"],
    note: "`chatml.intel` is `orca-dpo-pairs`, `chatml.prompt_pairs` is `truthy-dpo`, `chatml.icr` is `distilabel-orca`; `user_defined` is a mapping.",
    mapping: { as: "dialogue", prompt: "messages", chosen: "chosen", rejected: "rejected" },
  },
  "nemo-rl": {
    title: "NeMo RL, ranked completions",
    of: ["NeMo RL"],
    mapping: { prompt: "context", responses: "completions[*].completion", ranks: "completions[*].rank" },
  },
  torchtune: {
    title: "torchtune, preference",
    of: ["torchtune"],
    mapping: { as: "dialogue", chosen: "chosen_conversations", rejected: "rejected_conversations" },
  },
} as const satisfies Record<string, Layout>
