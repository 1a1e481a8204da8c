/** Stages of a user's that compute tensors, in a project that knows nothing of TensorFlow.js. */

import * as fs from "node:fs"
import { expect, test } from "vitest"
import { project } from "../project.ts"

const stages = `
import { files, stage } from "assay"
export const fit = stage({ name: "fit", inputs: {}, parameters: {}, outputs: { out: files("out") }, engine: true, run: () => import("./fit.ts") })
`

const pipeline = `
import { pipeline } from "assay"
import { fit } from "./stages.ts"
export default pipeline("fit", () => ({ fit: fit({}) }))
`

/** Learns that a parameter is 3, and says whether its two TensorFlow.js are one. */
const fit = `
import * as theirs from "@tensorflow/tfjs"
import { Learner, restoreState, tf } from "assay/learning"
export const run = async ({ outputs, engine, resume }) => {
  const objective = ({ x }, { target }) => ({ loss: theirs.sum(tf.square(theirs.sub(x, target))) })
  const learner = new Learner({ x: [1] }, { x: Float32Array.of(0) }, objective, engine)
  const offerState = await restoreState(resume, { learner })
  for (let step = learner.steps + 1; step <= 400; step++) {
    await learner.step({ target: Float32Array.of(3) }, { target: { shape: [1], dtype: "float32" } }, 0.1)
    await offerState(step)
  }
  await outputs.out.write("out.txt", learner.parameters.x[0].toFixed(3) + " " + (theirs.add === tf.add))
}
`

/** Of another version, and of no use. */
const tfjs = {
  "node_modules/@tensorflow/tfjs/package.json": JSON.stringify({ name: "@tensorflow/tfjs", version: "9.9.9", main: "index.js" }),
  "node_modules/@tensorflow/tfjs/index.js": "exports.add = () => { throw new Error('the copy of the project') }\n",
}

test("run in a confined process, on the one TensorFlow.js that the engine has, and are cached", async () => {
  const user = project({ "stages.ts": stages, "pipeline.ts": pipeline, "fit.ts": fit, ...tfjs }, { pool: true })
  const { stages: ran, failures } = await user.run()
  expect(failures).toEqual([])
  const [{ key = "" } = {}] = ran as ReadonlyArray<{ readonly key?: string }>
  const { manifest } = JSON.parse(fs.readFileSync(`${user.store}/results/${key.slice(0, 2)}/${key}.json`, "utf8"))
  const { object } = manifest.outputs.out.files[0]
  expect(fs.readFileSync(`${user.store}/objects/${object.slice(0, 2)}/${object.slice(2)}`, "utf8")).toBe("3.000 true")
  expect((await user.plan()).stages.map(({ verdict }) => verdict)).toEqual(["cached"])
})
