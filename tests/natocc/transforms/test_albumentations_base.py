from __future__ import annotations

import pickle
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from natocc.transforms.albumentations_base import Standalone, next_seed
from tests.natocc.banks import bank, make, training_face

ROOT = Path(__file__).parents[3]


def test_without_albumentations_they_work_alone_and_say_what_compose_needs(tmp_path: Path) -> None:
    image, mask = training_face()
    transform = make("natocc")
    np.savez(tmp_path / "in.npz", image=image, mask=mask)
    (tmp_path / "bank").write_bytes(pickle.dumps(bank()))
    code = """if True:
        import pickle, sys
        import numpy as np
        sys.modules["albumentations"] = None
        from natocc import NatOcc
        sample = np.load(sys.argv[1] + "/in.npz")
        transform = NatOcc(pickle.load(open(sys.argv[1] + "/bank", "rb")), p=1)
        transform.set_random_seed(3)
        out = transform(image=sample["image"], mask=sample["mask"])
        np.savez(sys.argv[1] + "/out.npz", image=out["image"], seed=out["occlusion"]["seed"])
        pickle.loads(pickle.dumps(transform))
        try:
            transform.add_targets({})
        except ImportError as error:
            print(error)
    """
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path)], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert "expected albumentations 2.0.8 to be installed, got none" in done.stdout, done.stderr
    out = np.load(tmp_path / "out.npz")
    again = transform.occlude(image=image, mask=mask, seed=int(out["seed"]))
    assert np.array_equal(out["image"], again["image"])


def test_alone_a_seed_starts_the_generators_again() -> None:
    transform = Standalone(p=0.3)
    transform.set_random_seed(5)
    first = transform.random_generator.random(), transform.py_random.random()
    transform.set_random_seed(5)
    assert (transform.random_generator.random(), transform.py_random.random()) == first
    assert transform.p == 0.3
    with pytest.raises(AttributeError, match="'Standalone' object has no attribute 'other'"):
        transform.other()


def test_workers_that_start_with_equal_generators_draw_other_seeds(monkeypatch: pytest.MonkeyPatch) -> None:
    def seed_in(worker: int | None) -> int:
        info = None if worker is None else SimpleNamespace(seed=worker)
        loaded = SimpleNamespace(get_worker_info=lambda: info)
        monkeypatch.setitem(sys.modules, "torch.utils.data", loaded)
        return next_seed(np.random.default_rng(0))

    alone = seed_in(None)
    monkeypatch.delitem(sys.modules, "torch.utils.data")
    assert next_seed(np.random.default_rng(0)) == alone, "as in a process without PyTorch"
    assert len({alone, seed_in(1), seed_in(2), seed_in(2**63 + 1)}) == 4
    assert seed_in(1) == seed_in(1) and 0 <= seed_in(1) < 2**32
