import { fileURLToPath } from "node:url"
import * as tf from "@tensorflow/tfjs"
import { describe, expect, test } from "vitest"
import { compile, EngineError, type EngineSetting, type TensorFunction, TraceError } from "../../engine/index.ts"

const onnx = { engine: "onnx", device: "cpu", threads: 1 } as const satisfies EngineSetting
const pair = { x: { shape: [2], dtype: "float32" } } as const

const failure = async (fn: TensorFunction, setting: EngineSetting = onnx): Promise<unknown> => {
  try {
    await compile(fn, pair, setting)
  } catch (error) {
    return error
  }
  throw new Error("was compiled")
}

/** The line of this file on which `marker` is said. */
const lineOf = async (marker: string): Promise<string> => {
  const { readFile } = await import("node:fs/promises")
  const file = fileURLToPath(import.meta.url)
  const lines = (await readFile(file, "utf8")).split("\n")
  return `${file}:${lines.findIndex((line) => line.includes(`// ${marker}`)) + 1}`
}

describe("a function that cannot be traced is refused with the operation and the line", () => {
  const located = async (fn: TensorFunction, operation: string, marker: string): Promise<string> => {
    const error = await failure(fn)
    expect(error).toBeInstanceOf(TraceError)
    const { location, message, operation: named } = error as TraceError
    expect(named).toBe(operation)
    expect(location).toBe(await lineOf(marker))
    expect(message).toContain(`(at ${location})`)
    return message
  }

  test("where it reads a value", async () => {
    const reads: TensorFunction = ({ x }) => {
      const largest = tf.max(x as tf.Tensor).dataSync()[0] as number // reading
      return { y: tf.div(x as tf.Tensor, largest) }
    }
    expect(await located(reads, "dataSync", "reading")).toContain("there are no values yet")
  })

  test("where it uses a kernel that does not exist", async () => {
    const transforms: TensorFunction = ({ x }) => {
      const image = tf.reshape(x as tf.Tensor, [1, 1, 2, 1]) as tf.Tensor4D
      return { y: tf.maxPool(image, 1, 1, "same") } // pooling
    }
    expect(await located(transforms, "MaxPool", "pooling")).toContain("engine/KERNELS.md")
  })

  test("inside of a gradient, however deep", async () => {
    const deep = (x: tf.Tensor, depth: number): tf.Tensor =>
      depth === 0 ? tf.unique(x as tf.Tensor1D).values : tf.tidy(() => deep(tf.square(x), depth - 1)) // deep
    const differentiates: TensorFunction = ({ x }) => ({ y: tf.grad((each: tf.Tensor) => tf.sum(deep(each, 12)))(x as tf.Tensor) })
    expect(await located(differentiates, "Unique", "deep")).toContain("depends on values")
  })

  test("where it draws random numbers, which the program would keep", async () => {
    for (const engine of ["onnx", "cpu"] as const) {
      const drops: TensorFunction = ({ x }) => ({ y: tf.dropout(x as tf.Tensor, 0.5) }) // dropping
      const error = await failure(drops, { ...onnx, engine })
      expect(error).toMatchObject({ name: "TraceError", operation: "Math.random", location: await lineOf("dropping") })
    }
    expect(Math.random()).toBeLessThan(1)
  })

  test("where it calculates with truth values", async () => {
    const adds: TensorFunction = ({ x }) => {
      const positive = tf.greater(x as tf.Tensor, 0)
      return { y: tf.add(positive, positive) } // adding
    }
    expect(await located(adds, "Add", "adding")).toContain("cast to int32 or float32")
  })

  test("where it uses a tensor from outside", async () => {
    await tf.setBackend("cpu")
    const outside = tf.tensor([1, 2])
    const uses: TensorFunction = ({ x }) => ({ y: tf.mul(x as tf.Tensor, outside) }) // outside
    expect(await located(uses, "tensor", "outside")).toContain("pass it as an input")
    expect([...outside.dataSync()]).toEqual([1, 2])
  })

  test("where a tensor escaped from an earlier trace", async () => {
    let escaped: tf.Tensor | undefined
    await compile(
      ({ x }) => {
        escaped = tf.keep(tf.square(x as tf.Tensor))
        return { y: tf.neg(escaped) }
      },
      pair,
      onnx,
    )
    expect(await located(({ x }) => ({ y: tf.add(x as tf.Tensor, escaped as tf.Tensor) }), "tensor", "escaped")).toBeDefined() // escaped
  })

  test("where it makes tensors of a type that programs do not have", async () => {
    expect(await located(() => ({ y: tf.complex(tf.scalar(1), tf.scalar(2)) }), "Complex", "complex")).toBeDefined() // complex
    expect(await located(() => ({ y: tf.tensor(["a"]) }), "tensor", "text")).toContain("string") // text
  })

  test("where it is asynchronous, returns nothing, or something else", async () => {
    const asynchronous = (async ({ x }: Record<string, tf.Tensor>) => ({ y: x })) as unknown as TensorFunction
    expect(await failure(asynchronous)).toMatchObject({ name: "TraceError", message: expect.stringContaining("asynchronous") })
    expect(await failure(() => ({}))).toMatchObject({ name: "TraceError", message: expect.stringContaining("returns no tensors") })
    const numbers = (() => ({ y: 1 })) as unknown as TensorFunction
    expect(await failure(numbers)).toMatchObject({
      name: "TraceError",
      message: expect.stringContaining("returns y, which is not a tensor"),
    })
  })

  test("and the backend that was in use stays so", async () => {
    await tf.setBackend("cpu")
    await failure(({ x }) => ({ y: tf.unique(x as tf.Tensor1D).values }))
    expect(tf.getBackend()).toBe("cpu")
    expect([...tf.add([1], [2]).dataSync()]).toEqual([3])
    const { numTensors } = tf.memory()
    await failure(({ x }) => ({ y: tf.unique(x as tf.Tensor1D).values }))
    expect(tf.memory().numTensors).toBe(numTensors)
  })
})

describe.each(["onnx", "cpu"] as const)("on %s, a program refuses", (engine) => {
  const signature = { x: { shape: [2], dtype: "float32" }, at: { shape: [1], dtype: "int32" } } as const
  const picks: TensorFunction = ({ x, at }) => ({ y: tf.gather(x as tf.Tensor1D, at as tf.Tensor1D) })
  const x = Float32Array.of(3, 4)
  const at = Int32Array.of(1)

  test.each([
    ["an input that is missing", { x }, {}, "input at is missing: pass its values"],
    ["an input of another size", { x: Float32Array.of(1), at }, {}, "input x expects float32 [2], got Float32Array of length 1"],
    ["an input of another type", { x, at: Float32Array.of(1) }, {}, "input at expects int32 [1], got Float32Array of length 1"],
    ["an output of another size", { x, at }, { y: new Float32Array(2) }, "output y expects float32 [1], got Float32Array of length 2"],
    ["an output of another type", { x, at }, { y: new Int32Array(1) }, "output y expects float32 [1], got Int32Array of length 1"],
  ])("%s", async (_, inputs, into, message) => {
    const program = await compile(picks, signature, { ...onnx, engine })
    const run = program.run(inputs as never, into)
    await expect(run).rejects.toThrow(new EngineError(message))
  })

  test("and fills what it is given", async () => {
    const program = await compile(picks, signature, { ...onnx, engine })
    const y = new Float32Array(1)
    expect((await program.run({ x, at }, { y })).y).toBe(y)
    expect(y[0]).toBe(4)
  })
})

test("an index out of range is an error of the program", async () => {
  const program = await compile(
    ({ x }) => ({ y: tf.gather(x as tf.Tensor1D, tf.cast(x as tf.Tensor1D, "int32")) }),
    { x: { shape: [1], dtype: "float32" } },
    onnx,
  )
  await expect(program.run({ x: Float32Array.of(7) })).rejects.toMatchObject({
    name: "EngineError",
    message: expect.stringContaining("cannot run on these inputs"),
  })
})
