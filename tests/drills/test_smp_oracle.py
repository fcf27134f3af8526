"""The U-Net of FaceOcc's layout scores as segmentation-models-pytorch's, with its weights.

That library needs torchvision, whose operators are not made for every build of torch. Their schemas are declared
before its import, in a process of its own, so that no other package finds it.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.drill
PACKAGES = ("torchvision==0.28.0", "segmentation-models-pytorch==0.6.0", "timm==1.0.31")
PROGRAM = """
import sys
import torch

sys.path.insert(0, sys.argv[1])
operators = torch.library.Library("torchvision", "DEF")
for name in ("nms", "qnms"):
    operators.define(f"{name}(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
import segmentation_models_pytorch as smp
from models.segmenters.variants import new_segmenter

torch.manual_seed(0)
theirs = smp.Unet("resnet18", encoder_weights=None, classes=1)
with torch.no_grad():
    for name, buffer in theirs.named_buffers():
        if name.endswith("running_var"):
            buffer.uniform_(0.5, 1.5)
ours = new_segmenter("unet-resnet18", classes=1)
ours.load_state_dict(theirs.state_dict(), strict=True)
images = torch.rand(2, 3, 64, 96)
with torch.inference_mode():
    expected, found = theirs.eval()(images), ours.eval()(images)
assert expected.abs().max() > 0.01
print(float((expected - found).abs().max() / expected.abs().max()))
"""


def test_equal_weights_give_equal_scores(tmp_path: Path) -> None:
    install = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--target", str(tmp_path)]
    subprocess.run([*install, *PACKAGES], check=True, capture_output=True)
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(tmp_path)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert float(done.stdout) < 1e-5
