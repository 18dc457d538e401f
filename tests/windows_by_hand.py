"""Where the windows of a convolution or a pooling layer lie, counted out."""


def starts(length, size, stride, padding):
    """The first pixel of each window along an axis; less than 0 in the margin before the picture."""
    if padding == "valid":
        return range(0, length - size + 1, stride)
    count = -(-length // stride)
    before = max((count - 1) * stride + size - length, 0) // 2
    return range(-before, count * stride - before, stride)
