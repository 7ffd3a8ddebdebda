package io.tilebrew.models.zoo;

import io.tilebrew.graph.Graph;
import io.tilebrew.graph.ModelException;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.BiFunction;

/**
 * The networks from which convolutional nets are taught and measured, with weights drawn by a seed.
 *
 * <p>A network is a {@link Graph} for one image, and free of that number: {@code image}
 * f32[1,C,H,W] to {@code logits} f32[1,classes], without a softmax, as in torchvision, unless its
 * entry says otherwise. Where torchvision has the network, parameters bear its names.
 */
public final class Zoo {
  private static final int IMAGENET = 1000;
  private static final Map<String, Entry> ENTRIES = new LinkedHashMap<>();

  static {
    add(new Entry("mlp", "fully connected layers: 784, 300, 100, 10", 0, 0, 0, Zoo::mlp));
    add(digits("lenet5", "LeNet-5 with ReLU and max pooling, 1x32x32", 1));
    add(digits("lenet5-rgb", "LeNet-5 with ReLU and max pooling, 3x32x32", 3));
    add(
        new Entry(
            "lenet5-1998",
            "LeNet-5 of the paper, 1x32x32; gives distances, the smallest wins",
            32,
            0,
            0,
            (net, o) -> net.output("distances", Lenet5Of1998.build(image(net, 1, o)))));
    add(fixed("alexnet-2012", "AlexNet of the paper, in two groups", 227, Alexnet::paper));
    add(images("alexnet", "AlexNet with one tower", Alexnet::oneTower));
    add(images("vgg11", "VGG, configuration A", (x, n) -> Vgg.build(Vgg.A, x, n)));
    add(images("vgg13", "VGG, configuration B", (x, n) -> Vgg.build(Vgg.B, x, n)));
    add(images("vgg16", "VGG, configuration D", (x, n) -> Vgg.build(Vgg.D, x, n)));
    add(images("vgg19", "VGG, configuration E", (x, n) -> Vgg.build(Vgg.E, x, n)));
    add(images("nin", "Network in Network", Nin::build));
    add(images("googlenet", "GoogLeNet with batch normalization", Googlenet.NORMALIZED::build));
    add(images("googlenet-2014", "GoogLeNet of the paper", Googlenet.PAPER::build));
    add(images("resnet18", "ResNet, 18 layers", new Resnet(false, 2, 2, 2, 2)::build));
    add(images("resnet34", "ResNet, 34 layers", new Resnet(false, 3, 4, 6, 3)::build));
    add(images("resnet50", "ResNet, 50 layers", new Resnet(true, 3, 4, 6, 3)::build));
    add(images("resnet101", "ResNet, 101 layers", new Resnet(true, 3, 4, 23, 3)::build));
    add(images("resnet152", "ResNet, 152 layers", new Resnet(true, 3, 8, 36, 3)::build));
    add(images("squeezenet1_0", "SqueezeNet 1.0", Squeezenet::version10));
    add(images("squeezenet1_1", "SqueezeNet 1.1", Squeezenet::version11));
    add(images("mobilenet_v1", "MobileNet 1", Mobilenet::version1));
    add(images("mobilenet_v2", "MobileNet 2", Mobilenet::version2));
    add(images("densenet121", "DenseNet, 121 layers", Densenet::build));
    add(
        new Entry(
            "fcn8s",
            "FCN-8s on VGG-16; gives scores of 21 classes for each pixel",
            224,
            21,
            32,
            (net, o) -> net.output("scores", Fcn8s.build(image(net, 3, o), o.classes()))));
    add(
        new Entry(
            "siamese",
            "left and right image through one net; gives their distance and whether they are the"
                + " same",
            32,
            128,
            16,
            (net, o) -> Siamese.build(net, o.size(), o.classes())));
  }

  /** Adds the layers of a network for options of which none is left open. */
  private interface Recipe {
    void build(Net net, ZooOptions options);
  }

  /**
   * A network.
   *
   * @param size the usual rows and columns of images, 0 if it has none
   * @param classes the usual classes, 0 if they are fixed
   * @param least the least size that may be asked for, 0 if it is fixed
   */
  private record Entry(
      String name, String summary, int size, int classes, int least, Recipe recipe) {}

  private Zoo() {}

  private static void add(Entry entry) {
    ENTRIES.put(entry.name, entry);
  }

  private static Entry images(
      String name, String summary, BiFunction<Features, Integer, Features> layers) {
    return classifier(name, summary, 3, 224, IMAGENET, 1, layers);
  }

  private static Entry fixed(
      String name, String summary, int size, BiFunction<Features, Integer, Features> layers) {
    return classifier(name, summary, 3, size, IMAGENET, 0, layers);
  }

  private static Entry digits(String name, String summary, int channels) {
    return classifier(name, summary, channels, 32, 10, 0, Lenet5::build);
  }

  private static Entry classifier(
      String name,
      String summary,
      int channels,
      int size,
      int classes,
      int least,
      BiFunction<Features, Integer, Features> layers) {
    return new Entry(
        name,
        summary,
        size,
        classes,
        least,
        (net, o) -> net.output("logits", layers.apply(image(net, channels, o), o.classes())));
  }

  private static Features image(Net net, int channels, ZooOptions o) {
    return net.input("image", channels, o.size(), o.size());
  }

  private static void mlp(Net net, ZooOptions o) {
    List<Integer> widths = o.widths().isEmpty() ? List.of(784, 300, 100, 10) : o.widths();
    net.output("logits", Mlp.build(net.input("image", widths.getFirst()), widths));
  }

  /** The names of the networks. */
  public static List<String> names() {
    return List.copyOf(ENTRIES.keySet());
  }

  /**
   * What a network is, in some words.
   *
   * @throws IllegalArgumentException if there is no such network
   */
  public static String summary(String name) {
    return entry(name).summary;
  }

  /**
   * A network in its usual form.
   *
   * @throws IllegalArgumentException if there is no such network
   */
  public static Graph network(String name) {
    return network(name, ZooOptions.DEFAULT);
  }

  /**
   * A network.
   *
   * @throws IllegalArgumentException if there is no such network, it does not have an option that
   *     is given, or it does not work on images of the size given
   */
  public static Graph network(String name, ZooOptions options) {
    return network(name, options, Weights.seeded(options.seed()));
  }

  static Graph network(String name, ZooOptions options, Weights weights) {
    Entry entry = entry(name);
    check(entry, options);
    ZooOptions all =
        options
            .withSize(options.size() == 0 ? entry.size : options.size())
            .withClasses(options.classes() == 0 ? entry.classes : options.classes());
    Net net = new Net(name, weights);
    try {
      entry.recipe.build(net, all);
    } catch (ModelException | IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "%s does not work on images of %dx%d: %s"
              .formatted(name, all.size(), all.size(), e.getMessage()),
          e);
    }
    return net.build();
  }

  private static void check(Entry entry, ZooOptions options) {
    int size = options.size();
    if (size != 0 && size != entry.size && (entry.least == 0 || size < entry.least)) {
      throw new IllegalArgumentException(
          entry.size == 0
              ? "%s has no size of images".formatted(entry.name)
              : "the size of images is %d, expected %d%s for %s"
                  .formatted(
                      size,
                      entry.least == 0 ? entry.size : entry.least,
                      entry.least == 0 ? "" : " or more",
                      entry.name));
    }
    if (options.classes() != 0 && entry.classes == 0) {
      throw new IllegalArgumentException("the classes of %s are fixed".formatted(entry.name));
    }
    if (!options.widths().isEmpty() && !entry.name.equals("mlp")) {
      throw new IllegalArgumentException(
          "%s has no widths, which are for mlp".formatted(entry.name));
    }
  }

  private static Entry entry(String name) {
    Entry entry = ENTRIES.get(name);
    if (entry == null) {
      List<String> near =
          ENTRIES.keySet().stream()
              .sorted(Comparator.comparingInt(other -> distance(name, other)))
              .limit(3)
              .toList();
      throw new IllegalArgumentException(
          "there is no network '%s'; near to it are %s".formatted(name, String.join(", ", near)));
    }
    return entry;
  }

  /** The fewest letters to add, drop or change to come from one name to the other. */
  private static int distance(String name, String other) {
    String a = name.toLowerCase(Locale.ROOT);
    int[] row = new int[other.length() + 1];
    for (int j = 0; j < row.length; j++) {
      row[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j < row.length; j++) {
        int same = diagonal + (a.charAt(i - 1) == other.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(same, Math.min(row[j], row[j - 1]) + 1);
      }
    }
    return row[other.length()];
  }
}
