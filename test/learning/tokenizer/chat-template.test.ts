import { describe, expect, test } from "vitest"
import { type Chat, chatOf } from "../../../learning/tokenizer/chat-template.ts"

const special = { bos_token: "<s>", eos_token: "</s>" }
const open = (chat_template: unknown): Chat => chatOf({ chat_template, assay_prompts: "chat" }, special) as Chat

const chatMl =
  "{% for message in messages %}{% if loop.first and messages[0]['role'] != 'system' %}{{ '<|im_start|>system\nBe brief.<|im_end|>\n' }}{% endif %}{{'<|im_start|>' + message['role'] + '\n' + message['content'] + '<|im_end|>' + '\n'}}{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}"

/** With what templates are made of: blocks that take white space away, `set`, filters, a date. */
const wordy = `{%- if messages[0]['role'] == 'system' %}
    {{- bos_token + '[SYS]' + messages[0]['content'] + '[/SYS]' }}
    {%- set messages = messages[1:] %}
{%- else %}
    {{- bos_token }}
{%- endif %}
{%- if strftime_now is defined %}
    {{- strftime_now('%d') }}
{%- else %}
    {{- '26 Jul 2024' }}
{%- endif %}
{%- for message in messages %}
    {%- if message.role not in ['user', 'assistant'] %}
        {{- raise_exception('Only user and assistant') }}
    {%- endif %}
    {{- '\\n<' + message.role + '>' + message.content | trim }}
    {% if not loop.last %}
        {{- eos_token }}
    {% endif %}
{%- endfor %}
{%- if add_generation_prompt %}
    {{- '\\n<assistant>' }}
{%- endif %}
`

const dialogue = "\n\nHuman: Hi.\n\nAssistant: Hello!\n\nHuman: And?\n\nAssistant:"

// The expected texts are those of apply_chat_template of transformers 5.24.
describe("a prompt is written as transformers writes it", () => {
  test.each([
    [
      "plain text, by ChatML",
      chatMl,
      "What is 2 + 2?",
      "<|im_start|>system\nBe brief.<|im_end|>\n<|im_start|>user\nWhat is 2 + 2?<|im_end|>\n<|im_start|>assistant\n",
    ],
    [
      "a conversation, by ChatML",
      chatMl,
      dialogue,
      "<|im_start|>system\nBe brief.<|im_end|>\n<|im_start|>user\nHi.<|im_end|>\n<|im_start|>assistant\nHello!<|im_end|>\n<|im_start|>user\nAnd?<|im_end|>\n<|im_start|>assistant\n",
    ],
    ["plain text, by one with white space of its own", wordy, "What is 2 + 2?", "<s>26 Jul 2024\n<user>What is 2 + 2?\n\n<assistant>"],
    [
      "a conversation, by one with white space of its own",
      wordy,
      dialogue,
      "<s>26 Jul 2024\n<user>Hi.\n</s>\n\n<assistant>Hello!\n</s>\n\n<user>And?\n\n<assistant>",
    ],
    [
      "a conversation that a system's message begins",
      wordy,
      `\n\nSystem: Be kind.${dialogue}`,
      "<s>[SYS]Be kind.[/SYS]26 Jul 2024\n<user>Hi.\n</s>\n\n<assistant>Hello!\n</s>\n\n<user>And?\n\n<assistant>",
    ],
  ])("%s", (_, template, prompt, expected) => {
    expect(open(template).prompt(prompt)).toBe(expected)
  })

  test("by the default of several templates", () => {
    expect(
      open([
        { name: "tool_use", template: "no" },
        { name: "default", template: "{{ messages[0].content }}!" },
      ]).prompt("yes"),
    ).toBe("yes!")
  })
})

test("a response loses the one space that separates it from plain text", () => {
  const { response } = open(chatMl)
  expect([response(" a day"), response("  a day"), response("a day")]).toEqual(["a day", " a day", "a day"])
})

test("prompts are read as they are, unless the configuration says otherwise", () => {
  expect(chatOf({ chat_template: chatMl }, special)).toBeUndefined()
})

describe("it is refused, by the name of the file and why,", () => {
  const refused = (message: RegExp) =>
    expect.objectContaining({ tag: "ChatTemplate", details: { file: "tokenizer_config.json" }, message: expect.stringMatching(message) })

  test("where there is no template", () => {
    expect(() => open(undefined)).toThrow(refused(/^tokenizer_config\.json has no chat_template: .*import it with `prompts: "text"`$/))
  })

  test("where it cannot be parsed", () => {
    expect(() => open("{% for x in %}")).toThrow(refused(/has a chat_template that cannot be parsed: /))
  })

  test("where it refuses a prompt", () => {
    expect(() => open("{{ raise_exception('no ' + messages[0].role) }}").prompt("a")).toThrow(refused(/cannot write "a": .*no user$/))
  })

  test("where it asks for what changes from day to day", () => {
    expect(() => open("{{ strftime_now('%d') }}").prompt("a")).toThrow(refused(/cannot write "a": /))
  })
})
