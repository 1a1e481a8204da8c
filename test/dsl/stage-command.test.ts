import { files, Schema, stage } from "assay"
import { command, Metrics, Policy, Preferences } from "assay/stages"
import { describe, expect, test } from "vitest"

const declare = (options: Partial<Parameters<typeof command>[0]>) =>
  command({ name: "train", outputs: { model: files("model") }, run: ["python3", "train.py"], ...options })

test("a command is a stage with ports and parameters of its own", () => {
  const train = command({
    name: "train",
    inputs: { pairs: Preferences, reference: Policy },
    parameters: { beta: Schema.Finite },
    outputs: { policy: Policy, metrics: Metrics },
    files: ["train.py"],
    run: ["python3", "train.py"],
    recorded: true,
    timeLimitMinutes: 60,
  })
  expect(train.declaration).toMatchObject({
    name: "train",
    command: { run: ["python3", "train.py"], files: ["train.py"], environment: {}, variables: [] },
    recorded: true,
    timeLimitMinutes: 60,
  })
  const make = stage({ name: "make", inputs: {}, parameters: {}, outputs: { pairs: Preferences }, run: async () => ({}) })
  const policy = stage({ name: "policy", inputs: {}, parameters: {}, outputs: { policy: Policy }, run: async () => ({}) })
  const trained = train({ pairs: make({}), reference: policy({}), beta: 0.1 })
  expect([trained.policy.type, trained.metrics.type]).toEqual([Policy, Metrics])
  // @ts-expect-error: an input of another type
  expect(() => train({ pairs: policy({}), reference: policy({}), beta: 0.1 })).toThrow(/"pairs" expects preferences, got policy/)
  // @ts-expect-error: a parameter that is not declared
  expect(() => train({ pairs: make({}), reference: policy({}), beta: 0.1, seed: 1 })).toThrow(/seed/)
})

describe("what cannot be run is refused where it is declared", () => {
  test.each([
    ["no program", { run: [] }, /^stage train: run expects the program and its arguments, such as \["python3", "train\.py"\]/],
    [
      "a file above the project",
      { files: ["../train.py"] },
      /^stage train: files has "\.\.\/train\.py": expected a file or a folder inside of the project/,
    ],
    ["a file of the machine", { files: ["/opt/train.py"] }, /expected a file or a folder inside of the project/],
    ["the whole project", { files: ["."] }, /expected a file or a folder inside of the project/],
    [
      "a file where the inputs go",
      { files: ["inputs/a.txt"] },
      /"inputs" is what the stage puts into the folder of its program: rename yours/,
    ],
    [
      "a part of the environment that is nothing",
      { environment: { python: {} } },
      /^stage train: environment\.python expects a text, \{ file:/,
    ],
    ["a variable with a value", { variables: ["HF_HOME=/data"] }, /^stage train: variables expects a list of names/],
    ["no time at all", { timeLimitMinutes: 0 }, /^stage train: timeLimitMinutes is 0: expected a number of minutes above 0$/],
  ])("%s", (_, options, message) => {
    expect(() => declare(options as never)).toThrow(message)
  })
})
