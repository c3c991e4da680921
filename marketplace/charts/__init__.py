"""Pictures drawn on the server: pure functions from values to SVG.

geography, outlines   where places lie, and the outlines derived at set-up
adopter_map           who uses a solution, and where; map_layout decides what stands where
sea_of_lights         one light per municipality with live solutions
adoption_curve        municipalities in live operation over time; curve_axes draws its axes
forecast_fan          the same with its forecast
forest_plot           effects with their intervals, and what they say together
funnel_plot           effects against their precision; effect_axis is the axis of both
series_plot           a metric month by month around the day a solution came
qr                    the permanent link as a code for paper
drawing, axis         the pen, and round ticks and numbers

No picture knows gettext or a color: words come from the caller, colors from CSS classes, which
each module lists in `CLASSES`. Every picture has a title and a description, text of at least
13 pixels, and differs by shape where it differs by color.
"""
