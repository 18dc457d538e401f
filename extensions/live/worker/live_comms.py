"""The widgets' side of the bridge: each widget in Python and its view in the page share one comm."""

import comm
import ipywidgets
from comm.base_comm import BaseComm
from IPython import get_ipython
from live_output import post, sink


class PageComm(BaseComm):
    """A comm whose other end is in the page."""

    # What a widget's callback prints belongs to the cell that made the widget.
    home = ("cell", None)

    def publish_msg(self, msg_type, data=None, metadata=None, buffers=None, **keys):
        if msg_type == "comm_open" and sink.get()[0] == "cell":
            self.home = sink.get()
        post(
            msg_type,
            comm_id=self.comm_id,
            target=keys.get("target_name"),
            data=data or {},
            metadata=metadata or {},
            buffers=[bytes(buffer) for buffer in buffers or []],
        )


def receive(comm_id, data, buffers):
    """Hand a message of the page to its widget; an error in a callback shows below the widget's cell."""
    page_comm = comm.get_comm_manager().comms.get(comm_id)
    if page_comm is None:  # the widget was closed, or is of a kernel before a restart
        return
    token = sink.set(page_comm.home)
    try:
        content = {"comm_id": comm_id, "data": data}
        page_comm.handle_msg({"content": content, "buffers": [memoryview(buffer) for buffer in buffers]})
    except Exception:
        get_ipython().showtraceback()
    finally:
        sink.reset(token)


def enter_output(output):
    """``with output:`` sends what follows into the widget instead of the cell."""
    output.live_tokens = [*getattr(output, "live_tokens", []), sink.set(("widget", output.model_id))]


def leave_output(output, kind, error, trace):
    """Show an error inside the widget, as Jupyter does, and go back to the sink from before."""
    caught = kind is not None and issubclass(kind, Exception)
    if caught:
        get_ipython().showtraceback((kind, error, trace), tb_offset=0)
    sink.reset(output.live_tokens.pop())
    return caught


def install():
    """Let ipywidgets use these comms, and its Output widget these sinks."""
    comm.create_comm = PageComm
    ipywidgets.Output.__enter__ = enter_output
    ipywidgets.Output.__exit__ = leave_output
