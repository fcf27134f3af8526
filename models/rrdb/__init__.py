"""RRDBNet, the generator of ESRGAN and Real-ESRGAN (Wang et al. 2018)."""
