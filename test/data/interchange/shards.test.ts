import { expect, test } from "vitest"
import { openDataSet } from "../../../data/interchange/shards.ts"
import { MemoryFiles } from "../../learning/support/memory.ts"

const opened = async (files: Readonly<Record<string, string>>) => {
  const { shards, leftOut } = await openDataSet(new MemoryFiles(files))
  return { shards: shards.map(({ source, split }) => [source.name, split]), leftOut }
}

const state = (names: ReadonlyArray<string>, split: string | null = null): string =>
  JSON.stringify({ _data_files: names.map((filename) => ({ filename })), _split: split })

test("the shards of save_to_disk come as state.json has them, and no others", async () => {
  expect(
    await opened({
      "cache-12ab.arrow": "",
      "data-00000-of-00002.arrow": "",
      "data-00001-of-00002.arrow": "",
      "dataset_info.json": "{}",
      "state.json": state(["data-00001-of-00002.arrow", "data-00000-of-00002.arrow"], "train"),
    }),
  ).toEqual({
    shards: [
      ["data-00001-of-00002.arrow", "train"],
      ["data-00000-of-00002.arrow", "train"],
    ],
    leftOut: ["cache-12ab.arrow"],
  })
})

test("the splits of a DatasetDict, of a hub's shards and of files are those that their names tell", async () => {
  expect(
    await opened({
      "dataset_dict.json": "{}",
      "train/data-00000-of-00001.arrow": "",
      "train/state.json": state(["data-00000-of-00001.arrow"]),
      "validation/data-00000-of-00001.arrow": "",
      "validation/state.json": state(["data-00000-of-00001.arrow"]),
    }),
  ).toEqual({
    shards: [
      ["train/data-00000-of-00001.arrow", "train"],
      ["validation/data-00000-of-00001.arrow", "validation"],
    ],
    leftOut: [],
  })
  const names = ["README.md", "data/test-00000-of-00001.parquet", "data/train-00000-of-00001.parquet", "dev.jsonl.gz", "other.csv"]
  expect(await opened(Object.fromEntries(names.map((name) => [name, ""])))).toEqual({
    shards: [
      ["data/test-00000-of-00001.parquet", "test"],
      ["data/train-00000-of-00001.parquet", "train"],
      ["dev.jsonl.gz", "dev"],
      ["other.csv", null],
    ],
    leftOut: ["README.md"],
  })
})

test("a folder without records, and a shard that is listed and not there, are refused by name", async () => {
  await expect(opened({ "a.md": "", "b.bin": "" })).rejects.toThrow(/^a\.md, b\.bin: no file whose name ends in \.parquet/)
  await expect(opened({ "state.json": state(["data-0.arrow"]), "x.csv": "" })).rejects.toThrow(
    /^state\.json: lists data-0\.arrow, which is not/,
  )
})
