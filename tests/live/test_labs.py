"""Widgets in a live page: sliders, pictures, training, and all controls of the labs."""

FAILING_BUTTON = """\
bad = widgets.Button(description="Fail")
bad.on_click(lambda button: 1 / 0)
display(bad)
print("shown")"""
FAILING_TASK = """\
async def fail():
    raise ValueError("in a task")
task = asyncio.ensure_future(fail())"""


def slider(page, name):
    """Return the handle of the slider with that description."""
    row = page.page.locator(".jupyter-widgets", has=page.page.locator(".widget-label", has_text=name))
    return row.last.locator(".noUi-handle")


def test_a_slider_moves_the_picture(lab_page):
    picture = lab_page.output(0).locator("img")
    before = picture.get_attribute("src")
    handle = slider(lab_page, "slope")
    handle.focus()
    lab_page.page.keyboard.press("ArrowRight")
    lab_page.page.wait_for_function(
        "([image, before]) => image.src !== before && image.complete", arg=[picture.element_handle(), before]
    )
    assert "2" in lab_page.output(0).inner_text()


def test_training_moves_the_picture_until_stop(lab_page):
    lab_page.output(1).get_by_role("button", name="Train").click()
    steps = lab_page.output(1).locator(".widget-label").last
    lab_page.page.wait_for_function("(label) => Number(label.textContent) > 10", arg=steps.element_handle())
    lab_page.output(1).get_by_role("button", name="Stop").click()
    lab_page.page.wait_for_timeout(300)
    stopped_at = steps.inner_text()
    lab_page.page.wait_for_timeout(400)
    assert steps.inner_text() == stopped_at


def test_interact_prints_below_its_slider(lab_page):
    assert "square 9" in lab_page.output(2).inner_text()
    slider(lab_page, "k").focus()
    lab_page.page.keyboard.press("ArrowRight")
    lab_page.output(2).get_by_text("square 16").wait_for()


def test_output_tab_dropdown_and_play(lab_page):
    controls = lab_page.output(2)
    controls.get_by_text("inside the widget").wait_for()
    assert controls.get_by_text("first").is_visible()
    controls.get_by_role("tab", name="two").click()
    assert controls.locator("select").is_visible()
    assert not controls.get_by_text("first").is_visible()
    controls.locator(".jupyter-widgets.widget-play button").first.click()
    lab_page.page.wait_for_function(
        "(label) => Number(label.textContent) > 3",
        arg=controls.locator(".widget-readout").last.element_handle(),
    )


def test_an_error_in_a_callback_shows_below_its_lab(lab_page):
    assert "shown" in lab_page.run(1, FAILING_BUTTON)
    lab_page.output(1).get_by_role("button", name="Fail").click()
    lab_page.output(1).get_by_text("ZeroDivisionError: division by zero").wait_for()


def test_an_error_in_a_task_shows_below_its_cell(lab_page):
    lab_page.run(1, FAILING_TASK)
    lab_page.output(1).get_by_text("ValueError: in a task").wait_for()


def test_nothing_went_wrong_unseen(lab_page):
    assert lab_page.complaints == []
