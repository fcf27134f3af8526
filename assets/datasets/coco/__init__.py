"""COCO: instances, categories, which of them are taken."""
