import * as tf from "@tensorflow/tfjs"
import fc from "fast-check"
import type { Case, Input } from "../agreement.ts"
import { bool, float, floats, int, integers, shapes, sizeOf } from "../arbitrary.ts"
import type { Cases } from "./cases.ts"

const kinds = fc.constantFrom(float, int, bool)
const anyTensor = (shape: ReadonlyArray<number>): fc.Arbitrary<Input> => kinds.chain((make) => make(shape))

/** Indices into an axis of this size. */
const indicesInto = (size: number, shape: ReadonlyArray<number>): fc.Arbitrary<Input> => int(shape, integers(0, size - 1))

const gather: fc.Arbitrary<Case> = fc.tuple(shapes({ min: 1, empty: false }), shapes({ max: 2 })).chain(([shape, picked]) =>
  fc.nat(shape.length - 1).chain((axis) =>
    fc.tuple(anyTensor(shape), indicesInto(shape[axis] as number, picked)).map(([x, indices]) => ({
      title: `gather along ${axis}`,
      inputs: { x, indices },
      run: ({ x, indices }: Readonly<Record<string, tf.Tensor>>) => tf.gather(x as tf.Tensor, indices as tf.Tensor1D, axis),
      ...(x.dtype === "float32" ? { gradients: ["x"] } : {}),
    })),
  ),
)

/**
 * The gradient is tfjs's, which has one for a batch of one axis that is followed by the gathered
 * one.
 */
const batchGather: fc.Arbitrary<Case> = fc
  .tuple(shapes({ min: 2, empty: false }), shapes({ max: 2, empty: false }))
  .chain(([shape, picked]) =>
    fc.integer({ min: 1, max: Math.min(2, shape.length - 1) }).chain((batch) =>
      fc.integer({ min: batch, max: shape.length - 1 }).chain((axis) =>
        fc.tuple(anyTensor(shape), indicesInto(shape[axis] as number, [...shape.slice(0, batch), ...picked])).map(([x, indices]) => ({
          title: `gather along ${axis} with ${batch} batch axes`,
          inputs: { x, indices },
          run: ({ x, indices }: Readonly<Record<string, tf.Tensor>>) => tf.gather(x as tf.Tensor, indices as tf.Tensor1D, axis, batch),
          ...(x.dtype === "float32" && batch === 1 && axis === 1 ? { gradients: ["x"] } : {}),
        })),
      ),
    ),
  )

/** Places in a tensor of this shape, [count, depth], repeated or not. */
const places = (shape: ReadonlyArray<number>, depth: number, count: number, unique: boolean): fc.Arbitrary<Input> => {
  const place = fc.tuple(...shape.slice(0, depth).map((size) => fc.nat(size - 1)))
  const all = sizeOf(shape.slice(0, depth))
  const lists = unique
    ? fc.uniqueArray(place, { minLength: Math.min(count, all), maxLength: Math.min(count, all), selector: String })
    : fc.array(place, { minLength: count, maxLength: count })
  return lists.map((list) => ({ shape: [list.length, depth], dtype: "int32", values: Int32Array.from(list.flat()) }))
}

const gatherNd: fc.Arbitrary<Case> = fc.tuple(shapes({ min: 1, empty: false }), fc.nat(5)).chain(([shape, count]) =>
  fc.integer({ min: 1, max: shape.length }).chain((depth) =>
    fc.tuple(anyTensor(shape), places(shape, depth, count, false)).map(([x, indices]) => ({
      title: `gatherND ${depth} deep`,
      inputs: { x, indices },
      run: ({ x, indices }: Readonly<Record<string, tf.Tensor>>) => tf.gatherND(x as tf.Tensor, indices as tf.Tensor),
    })),
  ),
)

type Scatter = (shape: ReadonlyArray<number>, depth: number, indices: Input, updates: Input) => fc.Arbitrary<Case>

/** Into a shape, at places which are repeated. */
const scatters = (unique: boolean, scatter: Scatter): fc.Arbitrary<Case> =>
  fc.tuple(shapes({ min: 1, empty: false }), fc.nat(6)).chain(([shape, count]) =>
    fc.integer({ min: 1, max: shape.length }).chain((depth) =>
      places(shape, depth, count, unique).chain((indices) =>
        fc
          .constantFrom(float, int)
          .chain((make) => make([indices.shape[0] as number, ...shape.slice(depth)]))
          .chain((updates) => scatter(shape, depth, indices, updates)),
      ),
    ),
  )

const scatterNd = scatters(false, (shape, depth, indices, updates) =>
  fc.constant({
    title: `scatterND ${depth} deep into [${shape}]`,
    inputs: { indices, updates },
    run: ({ indices, updates }) => tf.scatterND(indices as tf.Tensor, updates as tf.Tensor, [...shape]),
  }),
)

const tensorScatterUpdate = scatters(false, (shape, depth, indices, updates) =>
  (updates.dtype === "float32" ? float(shape) : int(shape)).map((target) => ({
    title: `tensorScatterUpdate ${depth} deep`,
    inputs: { target, indices, updates },
    // Cloned, because tfjs's cpu backend writes into the tensor that it is given.
    run: ({ target, indices, updates }) =>
      tf.tensorScatterUpdate(tf.add(target as tf.Tensor, tf.zerosLike(target as tf.Tensor)), indices as tf.Tensor, updates as tf.Tensor),
  })),
)

const sparseToDense: fc.Arbitrary<Case> = fc
  .tuple(shapes({ min: 1, max: 3, empty: false }), fc.nat(6), fc.constantFrom(float, int))
  .chain(([shape, count, make]) =>
    places(shape, shape.length, count, false).chain((indices) =>
      fc.tuple(make([indices.shape[0] as number]), make([])).map(([values, missing]) => ({
        title: `sparseToDense [${shape}]`,
        inputs: { indices, values, missing },
        run: ({ indices, values, missing }: Readonly<Record<string, tf.Tensor>>) =>
          tf.sparseToDense(indices as tf.Tensor, values as tf.Tensor, [...shape], missing as tf.Scalar),
      })),
    ),
  )

/** Negative ids add nothing. */
const segmentSum: fc.Arbitrary<Case> = fc.tuple(shapes({ min: 1 }), fc.integer({ min: 1, max: 4 })).chain(([shape, count]) =>
  fc.tuple(float(shape), int(shape.slice(0, 1), integers(-1, count - 1))).map(([x, ids]) => ({
    title: `unsortedSegmentSum into ${count}`,
    inputs: { x, ids },
    run: ({ x, ids }: Readonly<Record<string, tf.Tensor>>) => tf.unsortedSegmentSum(x as tf.Tensor, ids as tf.Tensor1D, count),
    gradients: ["x"],
  })),
)

const bincount: fc.Arbitrary<Case> = fc
  .tuple(fc.nat(6), fc.nat(4), fc.constantFrom(float, int), fc.boolean())
  .chain(([length, size, make, weighted]) =>
    fc.tuple(int([length], integers(0, 5)), make([weighted ? length : 0])).map(([x, weights]) => ({
      title: `bincount into ${size}`,
      inputs: { x, weights },
      run: ({ x, weights }: Readonly<Record<string, tf.Tensor>>) => tf.bincount(x as tf.Tensor1D, weights as tf.Tensor1D, size),
    })),
  )

const denseBincount: fc.Arbitrary<Case> = fc
  .tuple(shapes({ min: 1, max: 2 }), fc.nat(4), fc.boolean(), fc.boolean())
  .chain(([shape, size, weighted, binary]) =>
    fc.tuple(int(shape, integers(0, 5)), float(weighted ? shape : [0])).map(([x, weights]) => ({
      title: `denseBincount into ${size}${binary ? ", binary" : ""}`,
      inputs: { x, weights },
      run: ({ x, weights }: Readonly<Record<string, tf.Tensor>>) =>
        // Counts of one row cannot be binary in tfjs.
        tf.denseBincount(x as tf.Tensor1D, weights as tf.Tensor1D, size, binary && shape.length === 2),
    })),
  )

const oneHot: fc.Arbitrary<Case> = fc
  .tuple(shapes({ max: 3 }), fc.integer({ min: 2, max: 5 }), fc.constantFrom("float32", "int32", "bool"))
  .chain(([shape, depth, dtype]) =>
    int(shape, integers(-2, 5)).map((indices) => ({
      title: `oneHot of ${depth}, ${dtype}`,
      inputs: { indices },
      run: ({ indices }: Readonly<Record<string, tf.Tensor>>) => tf.oneHot(indices as tf.Tensor, depth, dtype === "bool" ? 1 : 3, 0, dtype),
    })),
  )

const topK: fc.Arbitrary<Case> = shapes({ min: 1, empty: false }).chain((shape) =>
  fc
    .tuple(
      fc.constantFrom(float, int).chain((make) => make(shape)),
      fc.integer({ min: 1, max: shape.at(-1) as number }),
    )
    .map(([x, k]) => ({
      title: `topk ${k}`,
      inputs: { x },
      run: ({ x }: Readonly<Record<string, tf.Tensor>>) => {
        const { values, indices } = tf.topk(x as tf.Tensor, k)
        return [values, indices]
      },
    })),
)

const searchSorted: fc.Arbitrary<Case> = fc
  .tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 3 }), fc.constantFrom("left", "right"))
  .chain(([rows, length, wanted, side]) =>
    fc.tuple(float([rows, length], floats(-1, 1)), float([rows, wanted], floats(-1, 1))).map(([sorted, values]) => {
      const ordered = Float32Array.from(sorted.values)
      for (let row = 0; row < rows; row++) ordered.subarray(row * length, (row + 1) * length).sort()
      return {
        title: `searchSorted from the ${side}`,
        inputs: { sorted: { ...sorted, values: ordered }, values },
        run: ({ sorted, values }: Readonly<Record<string, tf.Tensor>>) =>
          tf.searchSorted(sorted as tf.Tensor, values as tf.Tensor, side as "left"),
      }
    }),
  )

const diag: fc.Arbitrary<Case> = shapes({ min: 1, max: 2 })
  .chain(anyTensor)
  .map((x) => ({ title: "diag", inputs: { x }, run: ({ x }) => tf.diag(x as tf.Tensor) }))

export const indexingCases: Cases = {
  Bincount: bincount,
  DenseBincount: denseBincount,
  Diag: diag,
  GatherNd: gatherNd,
  GatherV2: fc.oneof(gather, batchGather),
  OneHot: oneHot,
  ScatterNd: scatterNd,
  SearchSorted: searchSorted,
  SparseToDense: sparseToDense,
  TensorScatterUpdate: tensorScatterUpdate,
  TopK: topK,
  UnsortedSegmentSum: segmentSum,
}
