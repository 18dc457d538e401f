"""The article's program of section 4.2, only its import lines changed, trained on the embedded digits."""

from dlcore.datasets import mnist
from dlcore.layers import Conv2D, Dense, Flatten, MaxPooling2D
from dlcore.models import Sequential
from dlcore.utils import to_categorical


def article_model():
    model = Sequential()
    model.add(Conv2D(32, (3, 3), activation="relu", input_shape=(28, 28, 1)))
    model.add(MaxPooling2D((2, 2)))
    model.add(Conv2D(64, (3, 3), activation="relu"))
    model.add(MaxPooling2D((2, 2)))
    model.add(Flatten())
    model.add(Dense(64, activation="relu"))
    model.add(Dense(10, activation="softmax"))
    model.compile(loss="categorical_crossentropy", optimizer="adam", metrics=["accuracy"])
    return model


def test_its_shapes_and_its_121930_parameters():
    model = article_model()
    assert [layer.output_shape for layer in model.layers] == [
        *[(26, 26, 32), (13, 13, 32), (11, 11, 64), (5, 5, 64), (1600,), (64,), (10,)]
    ]
    assert model.count_params() == 121_930
    lines = []
    model.summary(lines.append)
    assert "Total params: 121,930" in lines[0]


def test_it_reads_held_out_digits():
    """Training stops after the first epoch with 0.96 on the held-out thousand; ten are more than enough."""
    (x_train, y_train), (x_test, y_test) = mnist()
    held_out = x_test[..., None] / 255, to_categorical(y_test, 10)
    model = article_model()

    def stop_when_good(step):
        if step.epoch_logs is not None and step.epoch_logs["val_accuracy"] >= 0.96:
            model.stop_training = True

    model.fit(
        x_train[..., None] / 255,
        to_categorical(y_train, 10),
        epochs=10,
        validation_data=held_out,
        callbacks=[stop_when_good],
        verbose=0,
    )
    _, accuracy = model.evaluate(*held_out)
    assert accuracy >= 0.96
