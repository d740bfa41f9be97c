"""Writes ONNX exports of CLIP as public repositories have them, from seeded weights, for the tests of the ONNX reader.

  python tests/reference/onnx-exports/export_hub_files.py optimum [--keep FOLDER]
  python tests/reference/onnx-exports/export_hub_files.py current
  python tests/reference/onnx-exports/export_hub_files.py variants

`optimum` needs the versions of the time in which the public files were made (2023): torch 2.0.1, transformers 4.30.2,
optimum 1.9.0, onnx 1.14.1, onnxconverter-common 1.13.0, numpy < 1.26, peft 0.4.0. It writes the tiny files `optimum-*.onnx.gz`
and, of the true ViT-B/32 shape, the skeletons in `true-size/`: everything of a file but its weights, which the tests fill
in from the seed. `current` uses today's torch and transformers, with both kinds of attention, and slims the files of Optimum; `variants` (onnx, onnxruntime) makes of them what optimisers and
other writers make.
"""

import argparse
import copy
import gzip
import hashlib
import json
import sys
import tempfile
from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import numpy_helper
from transformers import CLIPConfig, CLIPModel, CLIPTextModelWithProjection, CLIPVisionModelWithProjection

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent))
from seeded_clip import seeded_tensor  # noqa: E402

SEED = 1
OPSET = 14
# Below this a tensor stays in the skeleton: biases compress badly, but a hundred of them would be more text than bytes.
LEAST_HOLE_BYTES = 512
TINY = {
    "projection_dim": 24,
    "vision_config": {
        "hidden_size": 32, "intermediate_size": 48, "num_hidden_layers": 3, "num_attention_heads": 2,
        "image_size": 32, "patch_size": 8, "projection_dim": 24,
    },
    "text_config": {
        "hidden_size": 16, "intermediate_size": 40, "num_hidden_layers": 2, "num_attention_heads": 2,
        "vocab_size": 50, "max_position_embeddings": 16, "eos_token_id": 49, "bos_token_id": 48, "pad_token_id": 49,
        "projection_dim": 24,
    },
}  # fmt: skip
TRUE_SIZE = {"projection_dim": 512, "vision_config": {"patch_size": 32}, "text_config": {}}


def seed_weights(model: torch.nn.Module) -> torch.nn.Module:
    model.eval()
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            if name != "logit_scale":
                parameter.copy_(torch.from_numpy(seeded_tensor(name, tuple(parameter.shape), SEED)))
    return model


def towers(shape: dict, attention: str = "eager") -> tuple[torch.nn.Module, torch.nn.Module]:
    config = CLIPConfig(**copy.deepcopy(shape))
    config.vision_config.projection_dim = config.text_config.projection_dim = config.projection_dim
    for part in (config.vision_config, config.text_config):
        part._attn_implementation = attention
    return (
        seed_weights(CLIPVisionModelWithProjection(config.vision_config)),
        seed_weights(CLIPTextModelWithProjection(config.text_config)),
    )


def to_half(path: Path, target: Path) -> None:
    from onnxconverter_common import float16

    onnx.save(float16.convert_float_to_float16(onnx.load(path), keep_io_types=True), target)


# --- Optimum, as the public files were made ---------------------------------------------------------------------------


def export_with_optimum(model: torch.nn.Module, kind: str, target: Path) -> None:
    from optimum.exporters.onnx import export
    from optimum.exporters.onnx.model_configs import CLIPOnnxConfig, CLIPTextOnnxConfig, ViTOnnxConfig

    class VisionConfig(ViTOnnxConfig):
        @property
        def outputs(self):
            return {"image_embeds": {0: "batch_size"}}

    class TextConfig(CLIPTextOnnxConfig):
        @property
        def outputs(self):
            return {"text_embeds": {0: "batch_size"}}

        def generate_dummy_inputs(self, framework: str = "pt", **kwargs):
            # Which of the ids is the end of text is not the exporter's business.
            return {"input_ids": super().generate_dummy_inputs(framework=framework, **kwargs)["input_ids"]}

    config_class = {"vision": VisionConfig, "text": TextConfig, "both": CLIPOnnxConfig}[kind]
    export(model, config_class(model.config, task="feature-extraction"), target, opset=OPSET)


def skeleton_of(path: Path, shapes: dict, target: Path) -> dict:
    """Cuts the weights out of a file, and says which seeded values belong where."""
    content = path.read_bytes()
    seeded = {}
    for name, shape in shapes.items():
        values = seeded_tensor(name, shape, SEED)
        for transposed in (False, True) if len(shape) == 2 else (False,):
            for dtype in (np.float32, np.float16):
                data = (values.T if transposed else values).astype(dtype).tobytes()
                if len(data) >= LEAST_HOLE_BYTES:
                    seeded[hashlib.sha1(data).digest()] = (name, transposed)
    holes, kept, position = [], [], 0
    for tensor in onnx.load(path).graph.initializer:
        data = tensor.raw_data
        found = seeded.get(hashlib.sha1(data).digest())
        if found is None:
            if len(data) >= 16384 and tensor.data_type in (1, 10):
                raise SystemExit(f"{tensor.name} {list(tensor.dims)} has no seeded values")
            continue
        start = content.index(data, position)
        kept.append(content[position:start])
        position = start + len(data)
        holes.append([start, len(data), found[0], found[1]])
    kept.append(content[position:])
    target.write_bytes(gzip.compress(b"".join(kept), 9, mtime=0))
    type_ = "f16" if "f16" in target.name else "f32"
    return {"type": type_, "bytes": len(content), "sha256": hashlib.sha256(content).hexdigest(), "holes": holes}


def optimum_files(work: Path) -> None:
    for kind, model in zip(("vision", "text"), towers(TINY)):
        export_with_optimum(model, kind, HERE / f"optimum-{kind}-f32.onnx")
        to_half(HERE / f"optimum-{kind}-f32.onnx", HERE / f"optimum-{kind}-f16.onnx")
    export_with_optimum(seed_weights(CLIPModel(CLIPConfig(**copy.deepcopy(TINY)))), "both", HERE / "optimum-both-f32.onnx")

    true_size = HERE / "true-size"
    true_size.mkdir(exist_ok=True)
    described = {}
    for kind, model in zip(("vision", "text"), towers(TRUE_SIZE)):
        shapes = {name: tuple(parameter.shape) for name, parameter in model.named_parameters()}
        for type_ in ("f32", "f16"):
            path = work / f"{kind}-{type_}.onnx"
            if type_ == "f32":
                export_with_optimum(model, kind, path)
            else:
                to_half(work / f"{kind}-f32.onnx", path)
            name = f"{kind}-{type_}"
            described[name] = skeleton_of(path, shapes, true_size / f"{name}.skeleton.gz")
    lines = [f'"{name}": {json.dumps(one)}' for name, one in described.items()]
    (true_size / "exports.json").write_text(
        json.dumps({"seed": SEED})[:-1] + ',\n"files": {\n' + ",\n".join(lines) + "\n}}\n"
    )


# --- today's exporter ---------------------------------------------------------------------------------------------------


def export_now(model: torch.nn.Module, kind: str, target: Path, folding: bool = True) -> None:
    if kind == "vision":
        size = model.config.image_size
        name, output, example = "pixel_values", "image_embeds", torch.randn(2, 3, size, size)
        axes = {0: "batch_size", 1: "num_channels", 2: "height", 3: "width"}
    else:
        name, output, example = "input_ids", "text_embeds", torch.randint(0, 40, (2, 16))
        axes = {0: "batch_size", 1: "sequence_length"}
    torch.onnx.export(
        model, ({name: example},), str(target), dynamo=False, opset_version=OPSET if folding else 17,
        input_names=[name], output_names=[output], dynamic_axes={name: axes, output: {0: "batch_size"}},
        do_constant_folding=folding,
    )  # fmt: skip


def export_graph(model: torch.nn.Module, kind: str, target: Path) -> None:
    """PyTorch's newer exporter (it needs onnxscript): folds positions, and joins the projection into Gemm."""
    if kind == "vision":
        size = model.config.image_size
        inputs = {"pixel_values": torch.randn(2, 3, size, size)}
    else:
        inputs = {"input_ids": torch.randint(0, 40, (2, 16))}
    [name] = inputs
    program = torch.onnx.export(
        model, (), kwargs=inputs, dynamo=True, input_names=[name], dynamic_shapes={name: {0: "batch"}}
    )
    proto = program.model_proto
    for described in (*proto.graph.node, *proto.graph.value_info, *proto.graph.initializer, *proto.graph.input):
        described.ClearField("doc_string")
        if hasattr(described, "metadata_props"):
            del described.metadata_props[:]
    onnx.save(proto, target)


def current_files(work: Path) -> None:
    import onnxslim

    for attention in ("eager", "sdpa"):
        for kind, model in zip(("vision", "text"), towers(TINY, attention)):
            # Without folding and with a LayerNormalization operator: matrices as they are, behind a Transpose.
            export_now(model, kind, HERE / f"current-{kind}-{attention}.onnx", folding=attention == "eager")
    for kind, model in zip(("vision", "text"), towers(TINY, "sdpa")):
        export_graph(model, kind, HERE / f"dynamo-{kind}.onnx")
    for kind in ("vision", "text"):
        exported = gzip.decompress((HERE / f"optimum-{kind}-f32.onnx.gz").read_bytes())
        slim = onnxslim.slim(onnx.load_from_string(exported))
        onnx.save(slim, HERE / f"slim-{kind}-f32.onnx")


# --- what tools make of exports -----------------------------------------------------------------------------------------


def typed_data(model: onnx.ModelProto) -> onnx.ModelProto:
    """The same tensors in float_data and int32_data in place of raw_data."""
    for tensor in model.graph.initializer:
        if tensor.data_type not in (1, 10):
            continue
        values = numpy_helper.to_array(tensor)
        tensor.ClearField("raw_data")
        if tensor.data_type == 1:
            tensor.float_data.extend(values.flatten().tolist())
        else:
            tensor.int32_data.extend(values.flatten().view(np.uint16).tolist())
    return model


def with_gemm(model: onnx.ModelProto) -> onnx.ModelProto:
    """Products and their biases joined into Gemm over a flattened batch, as some optimisers do."""
    graph, shapes = model.graph, {tensor.name: list(tensor.dims) for tensor in model.graph.initializer}
    consumers = {}
    for node in graph.node:
        for value in node.input:
            consumers.setdefault(value, []).append(node)
    weights = {tensor.name: tensor for tensor in graph.initializer}
    nodes, dropped = [], set()
    for index, node in enumerate(graph.node):
        if id(node) in dropped:
            continue
        add = consumers.get(node.output[0], [None])[0] if node.output else None
        if node.op_type != "MatMul" or node.input[1] not in shapes or add is None or add.op_type != "Add":
            nodes.append(node)
            continue
        inputs, outputs = shapes[node.input[1]]
        bias = next(value for value in add.input if value != node.output[0])
        turned = index % 2
        if turned:
            weight = weights[node.input[1]]
            weight.CopyFrom(numpy_helper.from_array(numpy_helper.to_array(weight).T.copy(), weight.name))
        for name, rows in (("flat", [-1, inputs]), ("deep", [1, -1, outputs])):
            shape = numpy_helper.from_array(np.array(rows, np.int64), f"{node.name}_{name}_shape")
            graph.initializer.append(shape)
        flat, product = f"{node.name}_flat", f"{node.name}_gemm"
        nodes += [
            onnx.helper.make_node("Reshape", [node.input[0], f"{node.name}_flat_shape"], [flat]),
            onnx.helper.make_node("Gemm", [flat, node.input[1], bias], [product], transB=turned),
            onnx.helper.make_node("Reshape", [product, f"{node.name}_deep_shape"], [add.output[0]]),
        ]
        dropped.add(id(add))
    del graph.node[:]
    graph.node.extend(nodes)
    return model


def optimised(model: onnx.ModelProto, level, work: Path) -> onnx.ModelProto:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = level
    options.optimized_model_filepath = str(work / "optimised.onnx")
    onnxruntime.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])
    return onnx.load(work / "optimised.onnx")


def variant_files(work: Path) -> None:
    from onnxruntime import GraphOptimizationLevel
    from onnxruntime.quantization import QuantType, quantize_dynamic

    def exported(name: str) -> onnx.ModelProto:
        return onnx.load_from_string(gzip.decompress((HERE / f"optimum-{name}.onnx.gz").read_bytes()))

    onnx.save(typed_data(exported("text-f32")), HERE / "typed-text-f32.onnx")
    onnx.save(typed_data(exported("text-f16")), HERE / "typed-text-f16.onnx")
    onnx.save(with_gemm(exported("vision-f32")), HERE / "gemm-vision-f32.onnx")
    for kind in ("vision", "text"):
        basic = optimised(exported(f"{kind}-f32"), GraphOptimizationLevel.ORT_ENABLE_BASIC, work)
        onnx.save(basic, HERE / f"basic-{kind}-f32.onnx")
    extended = optimised(exported("text-f32"), GraphOptimizationLevel.ORT_ENABLE_EXTENDED, work)
    onnx.save(extended, HERE / "extended-text-f32.onnx")
    onnx.save(exported("text-f32"), work / "whole.onnx")
    quantize_dynamic(work / "whole.onnx", HERE / "quantized-text.onnx", weight_type=QuantType.QUInt8)
    path = work / "external.onnx"
    onnx.save(exported("text-f32"), path, save_as_external_data=True, location="external.data", size_threshold=256)
    (HERE / "external-text-f32.onnx").write_bytes(path.read_bytes())


parser = argparse.ArgumentParser()
parser.add_argument("which", choices=["optimum", "current", "variants"])
parser.add_argument("--keep", type=Path, help="folder for the whole files of the true size")
arguments = parser.parse_args()
with tempfile.TemporaryDirectory() as temporary:
    work = arguments.keep or Path(temporary)
    {"optimum": optimum_files, "current": current_files, "variants": variant_files}[arguments.which](work)
for path in HERE.glob("*.onnx"):
    Path(f"{path}.gz").write_bytes(gzip.compress(path.read_bytes(), 9, mtime=0))
    path.unlink()
