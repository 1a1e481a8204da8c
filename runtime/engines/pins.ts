/**
 * What `assay engine install` builds each engine from: packages of registries, by version and hash.
 */

/** A package of npm, as a tarball. */
export interface NpmPin {
  readonly name: string
  readonly version: string
  /** SHA-512, in base64. */
  readonly sha512: string
}

/** A package of the Python Package Index, as a wheel. */
export interface WheelPin {
  readonly name: string
  readonly version: string
  /** SHA-256, in hexadecimal. */
  readonly sha256: string
  /** Size of the download. */
  readonly megabytes: number
}

export interface EnginePins {
  /** The version of what computes: libtensorflow, or ONNX Runtime. */
  readonly version: string
  /** The package beside Assay that the engine is loaded into, in exactly this version. */
  readonly serves: { readonly package: string; readonly version: string }
  /** The oldest GNU C library that the wheels run on. */
  readonly glibc: string
  readonly npm: ReadonlyArray<NpmPin>
  readonly wheels: ReadonlyArray<WheelPin>
  /** Size of what is installed. */
  readonly diskMegabytes: number
  /** Raised when the same packages are put together otherwise. */
  readonly revision: number
}

/** The names by which engines are installed and removed. */
export const installableEngines = ["tensorflow", "tensorflow-gpu", "cuda"] as const
export type InstallableEngine = (typeof installableEngines)[number]

const nodeApiHeaders: NpmPin = {
  name: "node-api-headers",
  version: "1.9.0",
  sha512: "2oNILP4jXwRB4ywnYKjVk1YyJ96n2D4EOVJO6S3oYZ5PtbJrw3Yt9TpAuX3nBLMuzn74rnfGQrv13pS9vC+YiA==",
}

/** The binding loads it, for a part that Assay does not call. */
const protobuf: NpmPin = {
  name: "google-protobuf",
  version: "3.21.4",
  sha512: "MnG7N936zcKTco4Jd2PX2U96Kf9PxygAPKBug+74LHzmHXmceN16MmRcdgZv+DGef/S9YvQAfRsNCn4cjf9yyQ==",
}

const tfjs = { package: "@tensorflow/tfjs", version: "4.22.0" }

export const enginePins: Readonly<Record<InstallableEngine, EnginePins>> = {
  // The first wheel that holds TensorFlow's C API in a library of its own.
  tensorflow: {
    version: "2.12.0",
    serves: tfjs,
    glibc: "2.17",
    npm: [
      {
        name: "@tensorflow/tfjs-node",
        version: "4.22.0",
        sha512: "uHrXeUlfgkMxTZqHkESSV7zSdKdV0LlsBeblqkuKU9nnfxB1pC6DtoyYVaLxznzZy7WQSegjcohxxCjAf6Dc7w==",
      },
      protobuf,
      nodeApiHeaders,
    ],
    wheels: [
      {
        name: "tensorflow-cpu",
        version: "2.12.0",
        sha256: "e8c7047552a2d759f3e65ac13e36dd24bb5fec2e6576e848287811ec44b3d62f",
        megabytes: 232,
      },
    ],
    diskMegabytes: 580,
    revision: 1,
  },
  // Of NVIDIA's packages, those that the wheel names (and-cuda), in the versions that it was built
  // with. The compiler among them serves XLA, which TensorFlow.js does not use.
  "tensorflow-gpu": {
    version: "2.21.0",
    serves: tfjs,
    glibc: "2.27",
    npm: [
      {
        name: "@tensorflow/tfjs-node-gpu",
        version: "4.22.0",
        sha512: "p//NN6DGiN4hInUmIkRffaFVMcdTREUMjPyjW04J7OXvB2zBlQimj61eFKSgRrH3f5TnOfKzb0n56he/B6a4bw==",
      },
      protobuf,
      nodeApiHeaders,
    ],
    wheels: [
      { name: "tensorflow", version: "2.21.0", sha256: "9056fbc9ba04235810b71ae6cbd958a196e8804fb53bbcffbf3e23b56155f124", megabytes: 572 },
      {
        name: "nvidia-cublas-cu12",
        version: "12.5.3.2",
        sha256: "ca070ad70e9fa6654084575d01bd001f30cc4665e33d4bb9fc8e0f321caa034b",
        megabytes: 363,
      },
      {
        name: "nvidia-cuda-cupti-cu12",
        version: "12.5.82",
        sha256: "bde77a5feb66752ec61db2adfe47f56b941842825b4c7e2068aff27c9d107953",
        megabytes: 14,
      },
      {
        name: "nvidia-cuda-nvrtc-cu12",
        version: "12.5.82",
        sha256: "3dbd97b0104b4bfbc3c4f8c79cd2496307c89c43c29a9f83125f1d76296ff3fd",
        megabytes: 25,
      },
      {
        name: "nvidia-cuda-runtime-cu12",
        version: "12.5.82",
        sha256: "3e79a060e126df40fd3a068f3f787eb000fa51b251ec6cd97d09579632687115",
        megabytes: 1,
      },
      {
        name: "nvidia-cudnn-cu12",
        version: "9.3.0.75",
        sha256: "9ad9c6929ebb5295eb4a1728024666d1c88283373e265a0c5c883e6f9d5cd76d",
        megabytes: 577,
      },
      {
        name: "nvidia-cufft-cu12",
        version: "11.2.3.61",
        sha256: "9a6e8df162585750f61983a638104a48c756aa13f9f48e19ab079b38e3c828b8",
        megabytes: 193,
      },
      {
        name: "nvidia-curand-cu12",
        version: "10.3.6.82",
        sha256: "2823fb27de4e44dbb22394a6adf53aa6e1b013aca0f8c22867d1cfae58405536",
        megabytes: 56,
      },
      {
        name: "nvidia-cusolver-cu12",
        version: "11.6.3.83",
        sha256: "93cfafacde4428b71778eeb092ec615a02a3d05404da1bcf91c53e3fa1bce42b",
        megabytes: 130,
      },
      {
        name: "nvidia-cusparse-cu12",
        version: "12.5.1.3",
        sha256: "016df8e993c437e8301e62739f01775cba988fd5253cd4c64173f8e8d2f8e752",
        megabytes: 218,
      },
      {
        name: "nvidia-nccl-cu12",
        version: "2.27.7",
        sha256: "de5ba5562f08029a19cb1cd659404b18411ed0d6c90ac5f52f30bf99ad5809aa",
        megabytes: 323,
      },
      {
        name: "nvidia-nvjitlink-cu12",
        version: "12.5.82",
        sha256: "f9b37bc5c8cf7509665cb6ada5aaa0ce65618f2332b7d3e78e9790511f111212",
        megabytes: 21,
      },
    ],
    diskMegabytes: 4200,
    revision: 1,
  },
  // Of NVIDIA's packages, those that the wheel names (cuda, cudnn), with what they need themselves.
  cuda: {
    version: "1.30.0",
    serves: { package: "onnxruntime-node", version: "1.30.0" },
    glibc: "2.28",
    npm: [],
    wheels: [
      {
        name: "onnxruntime-gpu",
        version: "1.30.0",
        sha256: "4fbf0c5d7b5fb99266c2e8a802e3e64af68bdc383e0f3c7349b985f1087eedaa",
        megabytes: 247,
      },
      {
        name: "nvidia-cublas",
        version: "13.0.2.14",
        sha256: "0cf238ffdbe46c00cb9aa98e7bca745c223a5ca5a53e686ac8b3e5a08fe80d6c",
        megabytes: 421,
      },
      {
        name: "nvidia-cuda-runtime",
        version: "13.0.96",
        sha256: "7f82250d7782aa23b6cfe765ecc7db554bd3c2870c43f3d1821f1d18aebf0548",
        megabytes: 2,
      },
      {
        name: "nvidia-cuda-nvrtc",
        version: "13.0.88",
        sha256: "ad9b6d2ead2435f11cbb6868809d2adeeee302e9bb94bcf0539c7a40d80e8575",
        megabytes: 90,
      },
      {
        name: "nvidia-cufft",
        version: "12.0.0.61",
        sha256: "6c44f692dce8fd5ffd3e3df134b6cdb9c2f72d99cf40b62c32dde45eea9ddad3",
        megabytes: 214,
      },
      {
        name: "nvidia-curand",
        version: "10.4.0.35",
        sha256: "1aee33a5da6e1db083fe2b90082def8915f30f3248d5896bcec36a579d941bfc",
        megabytes: 60,
      },
      {
        name: "nvidia-nvjitlink",
        version: "13.0.88",
        sha256: "13a74f429e23b921c1109976abefacc69835f2f433ebd323d3946e11d804e47b",
        megabytes: 41,
      },
      {
        name: "nvidia-cudnn-cu13",
        version: "9.28.1.4",
        sha256: "a54f205b1db1f2895d99f398754db1369816f0569dd459731f925635cf7b65ec",
        megabytes: 517,
      },
    ],
    diskMegabytes: 2600,
    revision: 1,
  },
}
