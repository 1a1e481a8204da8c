import * as fs from "node:fs"
import * as path from "node:path"
import { Effect } from "effect"
import { tensorflowPackage, tensorflowPlace } from "../../runtime/engines/installed.ts"
import { enginePins, type InstallableEngine } from "../../runtime/engines/pins.ts"
import { installed } from "../../runtime/packages/installed.ts"
import { remark } from "../print/screen.ts"
import { downloadTarball, downloadWheel, refusal, scratch, variables, type Workplace } from "./download.ts"
import { runTool } from "./tools.ts"
import { type Rule, unpack } from "./unpack.ts"

interface Building extends Workplace {
  readonly engine: InstallableEngine
  readonly assayRoot: string
}

/** Puts an engine together in the folder of the draft. */
export const assemble = (building: Building) => (building.engine === "cuda" ? assembleCuda(building) : assembleTensorflow(building))

const licence: Rule = { from: "(?:.*/)?([^/]+)\\.dist-info/(?:licenses/)?([Ll][Ii][Cc][Ee][Nn][SsCc][Ee][^/]*)", to: "licences/\\1-\\2" }

/** Of NVIDIA's wheels, the libraries, each in the folder of its part. */
const nvidiaRule = (to: string): Rule => ({ from: "nvidia/([^/]+)/lib/([^/]+\\.so[^/]*)", to })

/**
 * The binding of TensorFlow.js, compiled against the library and the headers of a Python wheel. It
 * looks for the library in `deps/lib`, and that one for NVIDIA's in `deps/nvidia`.
 */
const assembleTensorflow = Effect.fnUntraced(function* (building: Building) {
  const { engine, draft } = building
  const pins = enginePins[engine]
  const name = tensorflowPackage(building)
  const binding = tensorflowPlace(building, { engine, folder: draft }).binding
  yield* unpackWheels(building, [
    { from: "tensorflow/(libtensorflow_(?:cc|framework)\\.so\\.2)", to: `node_modules/${name}/deps/lib/\\1` },
    {
      from: "tensorflow/include/((?:tensorflow/c|tensorflow/core/platform|tensorflow/tsl|tsl/platform|xla/tsl/c)/.*\\.h)",
      to: "scratch/include/\\1",
    },
    { from: "tensorflow/(THIRD_PARTY_NOTICES\\.txt)", to: "licences/\\1" },
    nvidiaRule(`node_modules/${name}/deps/nvidia/\\1/lib/\\2`),
  ])
  for (const pin of pins.npm) {
    const tarball = yield* downloadTarball(pin, building)
    yield* unpack(tarball, { rules: tarballRules(pin.name), folder: draft }, building)
  }
  const libraries = path.join(binding, "deps", "lib")
  // By these names the linker finds what the binding is linked with, under the names of its
  // versions.
  for (const library of ["cc", "framework"])
    fs.symlinkSync(
      `libtensorflow_${library}.so.2`,
      path.join(libraries, library === "cc" ? "libtensorflow.so" : "libtensorflow_framework.so"),
    )
  yield* remark("compiling the binding")
  yield* compileBinding(building, binding)
})

const tarballRules = (name: string): ReadonlyArray<Rule> => {
  if (name === "node-api-headers") return [{ from: "package/include/(.*)", to: "scratch/include/\\1" }]
  if (name.startsWith("@tensorflow/"))
    return [
      { from: "package/binding/(.*)", to: "scratch/binding/\\1" },
      { from: "package/(dist/(?!.*_test\\.js).*\\.js|package\\.json|LICENSE)", to: `node_modules/${name}/\\1` },
    ]
  return [{ from: "package/(.*\\.js|package\\.json|LICENSE.*)", to: `node_modules/${name}/\\1` }]
}

/** One call of the compiler: the binding uses Node's stable interface for add-ons alone. */
const compileBinding = Effect.fnUntraced(function* (building: Building, binding: string) {
  const folder = scratch(building)
  const target = path.join(binding, "lib", "napi-v8")
  fs.mkdirSync(target, { recursive: true })
  const ended = yield* Effect.orDie(
    runTool(
      [
        "g++",
        ...["-shared", "-fPIC", "-O2", "-std=c++17", "-DNAPI_VERSION=8", `-I${path.join(folder, "include")}`],
        ...["tfjs_backend.cc", "tfjs_binding.cc"].map((file) => path.join(folder, "binding", file)),
        ...["-o", path.join(target, "tfjs_binding.node"), `-L${path.join(binding, "deps", "lib")}`],
        ...["-ltensorflow", "-ltensorflow_framework", "-Wl,-rpath,$ORIGIN/../../deps/lib"],
      ],
      folder,
      variables(building),
    ),
  )
  if (ended.code !== 0) return yield* refusal(building, "g++ cannot compile the binding", ended)
})

/**
 * ONNX Runtime's provider for CUDA, beside a copy of the library of onnxruntime-node, which looks
 * for providers in its own folder, and NVIDIA's libraries.
 */
const assembleCuda = Effect.fnUntraced(function* (building: Building) {
  yield* unpackWheels(building, [
    { from: "onnxruntime/capi/(libonnxruntime_providers_(?:cuda|shared)\\.so)", to: "lib/\\1" },
    { from: "onnxruntime/(LICENSE|ThirdPartyNotices\\.txt)", to: "licences/onnxruntime-\\1" },
    nvidiaRule("lib/\\2"),
  ])
  const runtime = installed(building.assayRoot, "onnxruntime-node") ?? ""
  const library = path.join(runtime, "bin", "napi-v6", "linux", "x64", "libonnxruntime.so.1")
  fs.copyFileSync(library, path.join(building.draft, "lib", path.basename(library)))
})

/** Downloads and unpacks one after the other, so that no more than one is on the disk twice. */
const unpackWheels = Effect.fnUntraced(function* (building: Building, rules: ReadonlyArray<Rule>) {
  const { wheels } = enginePins[building.engine]
  for (const [index, pin] of wheels.entries()) {
    const count = wheels.length === 1 ? "" : `${index + 1}/${wheels.length} `
    yield* remark(`downloading ${count}${pin.name} ${pin.version}, ${pin.megabytes} MB`)
    const wheel = yield* downloadWheel(pin, building)
    yield* unpack(wheel, { rules: [...rules, licence], folder: building.draft }, building)
    fs.rmSync(path.dirname(wheel), { recursive: true })
  }
})
