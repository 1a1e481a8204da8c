import fc from "fast-check"
import { describe, expect, test } from "vitest"
import { type Filter, gridColumn, parseFilters, printFilters } from "../../../data/grid/index.ts"

const columns = [
  gridColumn("tie", "BOOLEAN"),
  gridColumn("score_chosen", "DOUBLE"),
  gridColumn("step", "INTEGER"),
  gridColumn("prompt", "VARCHAR"),
  gridColumn("source", "VARCHAR"),
  gridColumn("chosen_token_ids", "INTEGER[]"),
  gridColumn('odd "name", and\nmore', "VARCHAR"),
  gridColumn("made", "DATE"),
]

const parse = (text: string) => parseFilters(text, columns)

describe("a filter is read as a person types it:", () => {
  test.each([
    ["", []],
    ["  \n", []],
    ["tie = true", [{ column: "tie", op: "=", value: true }]],
    ["tie=FALSE", [{ column: "tie", op: "=", value: false }]],
    [
      "score_chosen > 0.5 and source = gold",
      [
        { column: "score_chosen", op: ">", value: 0.5 },
        { column: "source", op: "=", value: "gold" },
      ],
    ],
    ["prompt contains movie", [{ column: "prompt", op: "contains", value: "movie" }]],
    ["prompt contains 'it''s a movie, and'", [{ column: "prompt", op: "contains", value: "it's a movie, and" }]],
    ['prompt != "a ""b"""', [{ column: "prompt", op: "!=", value: 'a "b"' }]],
    ["prompt = don't", [{ column: "prompt", op: "=", value: "don't" }]],
    ["source = 5", [{ column: "source", op: "=", value: "5" }]],
    [
      "source IS NULL AND step Is Not Null",
      [
        { column: "source", op: "is null" },
        { column: "step", op: "is not null" },
      ],
    ],
    ["step in (1,2 , 3)", [{ column: "step", op: "in", value: [1, 2, 3] }]],
    ["source in ()", [{ column: "source", op: "in", value: [] }]],
    ["step<>-1e3", [{ column: "step", op: "!=", value: -1000 }]],
    ["score_chosen == nan", [{ column: "score_chosen", op: "=", value: "NaN" }]],
    ["score_chosen >= -inf", [{ column: "score_chosen", op: ">=", value: "-Infinity" }]],
    ["chosen_token_ids contains 7", [{ column: "chosen_token_ids", op: "contains", value: 7 }]],
    ["length(chosen_token_ids) > 100", [{ column: "chosen_token_ids", length: true, op: ">", value: 100 }]],
    ['"odd ""name"", and\nmore" = x', [{ column: 'odd "name", and\nmore', op: "=", value: "x" }]],
    ["made < 2024-05-14", [{ column: "made", op: "<", value: "2024-05-14" }]],
  ] as const)("%j", (text, filters) => {
    expect(parse(text)).toEqual(filters)
  })
})

describe("what is wrong with a filter is said, with its place:", () => {
  test.each([
    [
      "scor_chosen > 1",
      0,
      /^character 1: the table has no column "scor_chosen"; did you mean score_chosen\? Columns: tie, score_chosen, step,/,
    ],
    ["xyzzy > 1", 0, /^character 1: the table has no column "xyzzy"\. Columns: .*"odd \\"name\\", and\\nmore", made$/],
    ["tie = yes", 6, 'character 7: expected true or false, because tie is one of them, found "yes"'],
    ["step > high", 7, 'character 8: expected a number, because step is one, found "high"'],
    ["tie > true", 4, 'character 5: expected =, !=, in, is null or is not null, because tie is a column of true and false, found ">"'],
    ["step contains 5", 5, /^character 6: expected =, .* because step is a column of numbers, found "contains"$/],
    ["step =", 6, "character 7: expected a value, found the end"],
    ["step", 4, /^character 5: expected =, !=, .* or is not null, found the end$/],
    ["step = 1 step = 2", 9, 'character 10: expected "and" or the end; put a value with spaces into quotes, found "step"'],
    ["step = 1 and", 12, "character 13: expected a column, found the end"],
    ["prompt = 'open", 9, "character 10: the quotes that begin here are not closed: add ' at their end"],
    ["source = null", 9, 'character 10: expected a value; write source is null, found "null"'],
    ["source is gold", 10, 'character 11: expected null or not null, found "gold"'],
    ["step in 1", 8, 'character 9: expected "(", found "1"'],
    ["step in (1 2)", 11, 'character 12: expected "," or ")", found "2"'],
    ["length(step) > 1", 7, /^character 8: step is a column of numbers: expected a column of text or of lists/],
    ["step =! 1", 5, /found "=!"$/],
  ] as const)("%j", (text, position, message) => {
    try {
      parse(text)
    } catch (error) {
      expect(error).toMatchObject({
        _tag: "FilterError",
        position,
        message: typeof message === "string" ? message : expect.stringMatching(message),
      })
      return
    }
    expect.unreachable()
  })
})

const number = fc.oneof(fc.double({ noNaN: true, noDefaultInfinity: true }), fc.integer(), fc.constantFrom("NaN", "Infinity", "-Infinity"))
const text = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.constantFrom("and", "null", "IS", "length", "it's", '"', "", "a b", "-", "=", "(x)"),
)
const compared = fc.constantFrom("=", "!=", "<", "<=", ">", ">=")
const isNull = fc.constantFrom("is null", "is not null")
const of = (column: string, op: fc.Arbitrary<string>, value?: fc.Arbitrary<unknown>, length = false) =>
  fc.record({ column: fc.constant(column), op, ...(value && { value }), ...(length && { length: fc.constant(true) }) })
const filter = fc.oneof(
  ...["score_chosen", "step"].flatMap((column) => [of(column, compared, number), of(column, fc.constant("in"), fc.array(number))]),
  ...["prompt", 'odd "name", and\nmore'].flatMap((column) => [
    of(column, fc.oneof(compared, fc.constant("contains")), text),
    of(column, fc.constant("in"), fc.array(text)),
    of(column, compared, number, true),
  ]),
  of("tie", fc.constantFrom("=", "!="), fc.boolean()),
  of("tie", fc.constant("in"), fc.array(fc.boolean())),
  of("chosen_token_ids", fc.constant("contains"), number),
  of("chosen_token_ids", compared, number, true),
  ...columns.map(({ name }) => of(name, isNull)),
) as fc.Arbitrary<Filter>

test("a filter that is printed is read as it was", () => {
  fc.assert(
    fc.property(fc.array(filter), (filters) => {
      expect(parse(printFilters(filters))).toEqual(filters)
    }),
  )
})

test("no text does anything but make filters or a FilterError", () => {
  const piece = fc.oneof(
    fc.constantFrom("tie", "step", "=", "and", "(", ")", ",", "in", "is", "null", "length", "1", "'", '"', " "),
    fc.string(),
  )
  fc.assert(
    fc.property(fc.array(piece), (pieces) => {
      try {
        parse(pieces.join(" "))
      } catch (error) {
        expect(error).toMatchObject({ _tag: "FilterError" })
      }
    }),
  )
})
