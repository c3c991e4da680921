"""Does it help? Metrics, measurements, effects and the evidence behind them."""
