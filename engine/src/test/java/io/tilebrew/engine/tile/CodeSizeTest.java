package io.tilebrew.engine.tile;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tilebrew.engine.Shape;
import io.tilebrew.engine.codegen.BytecodeWriter;
import io.tilebrew.engine.kernel.Procedure;
import io.tilebrew.engine.kernel.Program;
import io.tilebrew.engine.kernel.Statement;
import io.tilebrew.engine.plan.FeatureMap;
import io.tilebrew.engine.problem.Algorithm;
import io.tilebrew.engine.problem.ConvProblem;
import io.tilebrew.engine.problem.ConvProblems;
import io.tilebrew.engine.problem.Interpolation;
import io.tilebrew.engine.problem.Pointwise;
import io.tilebrew.engine.problem.Pool;
import io.tilebrew.engine.problem.Resampling;
import io.tilebrew.engine.problem.Window;
import java.lang.classfile.Attributes;
import java.lang.classfile.ClassFile;
import java.lang.classfile.MethodModel;
import java.util.List;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Assume;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** No method is too much for the JIT compiler: it has a limit for code, and one for arguments. */
class CodeSizeTest {
  private static final int LIMIT = 8000;

  /**
   * The arguments on the stack, of a method and of its longest call together, that the optimizing
   * compiler of JDK 25 takes; it says "unsupported calling sequence" of more.
   */
  private static final int STACK_ARGUMENTS = 64;

  private static final int ARRAYS = 2;
  private static final int REGISTERS = 6;

  private static int onStack(int sizes) {
    return Math.max(0, ARRAYS + sizes - REGISTERS);
  }

  private static int longestCall(List<Statement> body) {
    return body.stream()
        .mapToInt(
            statement ->
                switch (statement) {
                  case Statement.Call call -> onStack(call.arguments().size());
                  case Statement.Loop loop -> longestCall(loop.body());
                  default -> 0;
                })
        .max()
        .orElse(0);
  }

  private static void checkArguments(Procedure procedure, int own, Object what) {
    int stack = own + longestCall(procedure.body());
    assertTrue(
        stack <= STACK_ARGUMENTS,
        () -> "%s: %s has %d arguments on the stack".formatted(what, procedure.name(), stack));
  }

  private static void check(Program program, Object what) {
    // The arguments of the main procedure are in an array.
    checkArguments(program.main(), 0, what);
    program.procedures().forEach(p -> checkArguments(p, onStack(p.parameters().size()), what));
    for (MethodModel method :
        ClassFile.of().parse(BytecodeWriter.write("a.Kernel", program)).methods()) {
      int bytes = method.findAttribute(Attributes.code()).orElseThrow().codeLength();
      assertTrue(
          bytes < LIMIT,
          () -> "%s: %s has %d bytes of code".formatted(what, method.methodName(), bytes));
    }
  }

  private static void check(KernelSpec spec, Object what) {
    check(spec.literal().program(), what);
    check(spec.shared().program(), what);
    check(spec.generic().program(), what);
  }

  private static void check(ConvProblem p, int lanes) {
    Window w = p.window();
    FeatureMap x =
        new Layout(w.padTop(), w.padLeft(), p.zerosBelow(), p.zerosRight(), 0, 0)
            .map("x", p.height(), p.width(), p.inputChannels());
    FeatureMap y = Layout.TIGHT.map("y", p.outputHeight(), p.outputWidth(), p.outputChannels());
    float[] weights = new float[p.outputChannels() * p.inputChannels() / p.group() * w.taps()];
    if (PixelConv.takes(p, x, y, lanes)) {
      check(new PixelConv(p, x, y, weights, null, lanes, 2).spec(), p);
    }
    Shape sums = Shape.of(1, p.outputChannels(), p.convHeight(), p.convWidth());
    Inputs.Kind kind = p.pool() == null ? Inputs.Kind.ANY : Inputs.Kind.CHANNELWISE;
    Inputs inputs = Inputs.random(1, p.epilogue().inputs(), kind, sums, 0);
    if (RingConv.isWanted(p, inputs.operands())) {
      check(new RingConv(p, x, y, weights, null, inputs.operands(), lanes, 2).spec(), p);
    } else if (p.algorithm() == Algorithm.DIRECT) {
      for (Processor processor : Processor.values()) {
        KernelSpec spec =
            Kernels.convolution(p, x, y, weights, null, inputs.operands(), lanes, null, processor);
        check(spec, p);
        check(spec.forThreads(2), p);
      }
    } else {
      for (Processor processor : Processor.values()) {
        for (int most = 1; most <= 2; most++) {
          List<Operand> operands = inputs.operands();
          check(
              new WinogradConv(p, x, y, weights, null, operands, lanes, most, 20, processor).spec(),
              p);
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "n1 28x28x1 -> 6 k5 s1 p2 +relu +max2",
        "n1 5x5x16 -> 120 k5 s1 +relu",
        "n1 224x224x3 -> 64 k3 s1 p1 +relu",
        "n1 28x28x256 -> 512 k3 s1 p1 +relu +max2",
        "n1 7x7x512 -> 409 k7 s1 +relu",
        "n1 1x1x2048 -> 1000 k1 s1",
        "n1 7x7x512 -> 409 k7 s1 bf16 +tanh",
        "n1 224x224x3 -> 64 k7 s2 p3 +relu",
        "n1 224x224x3 -> 96 k11 s4 p2 +relu",
        "n1 224x224x3 -> 64 k7 s2 p3 +relu +max3s2p1",
        "n1 112x112x32 -> 33 k3 s1 p1 +silu +avg3s2p0,0,1,1",
        "n1 56x56x256 -> 128 k1 s2",
        "n1 111x111x64 -> 16 k1 s1 +clip(0.0,6.0)",
        "n1 13x13x64 -> 256 k3 s1 p1 +relu",
        "n1 112x112x32 -> 32 k3 s1 p1 g32 +clip(0.0,6.0)",
        "n1 30x40x7 -> 1001 k2 s1 +clip(0.0,6.0) +max3x4",
        "n1 2x8x2 -> 1 k1x3 s1 +tanh +max2x1",
        "n1 30x40x7 -> 1001 k2 s1 +tanh +max2x4",
        "n1 1x1x256 -> 1000 k1 s1 +silu",
        "n1 56x56x64 -> 64 k3 s1 p1 w4 +add +relu",
        "n1 27x27x96 -> 100 k5 s1 p2 w2k5 +silu +max2",
        "n1 27x27x96 -> 100 k5 s1 p2 w4k5 +silu +max2",
        "n1 112x112x64 -> 64 k3 s1 p1 w6 +add +relu",
        "n1 110x110x64 -> 60 k3 s1 p1 w6 +silu +max2",
        "n1 55x55x64 -> 60 k3 s1 p1 w4 +silu +max2",
        "n1 13x13x64 -> 70 k3 s1 p1 w2 +div +erf +mul",
        "n1 3x3x1 -> 1 k3 s1 p0,1,1,0 w6 +div(1.4142135) +erf +add(1.0) +mul[0] +mul(0.5) +max2"
      })
  void layersOfRealNetworksAreShort(String problem) {
    for (int lanes : new int[] {4, 8, 16}) {
      check(ConvProblem.parse(problem), lanes);
    }
  }

  @Provide
  Arbitrary<ConvProblem> problems() {
    return Arbitraries.oneOf(ConvProblems.any(), ConvProblems.winograd(), ConvProblems.bfloat16());
  }

  @Property(tries = 200, edgeCases = EdgeCasesMode.NONE)
  void anyConvolutionIsShort(@ForAll("problems") ConvProblem p) {
    Assume.that(p.pool() == null || Kernels.poolRefusal(p.epilogue(), true, p.pool()) == null);
    check(p, 8);
  }

  private static KernelSpec resize(
      Interpolation.Method method, FeatureMap x, FeatureMap y, int lanes) {
    Interpolation how =
        new Interpolation(
            method,
            Interpolation.Coordinates.HALF_PIXEL,
            Interpolation.Rounding.FLOOR,
            -0.75f,
            false,
            false);
    Resampling axis = new Resampling(56, 56, 1.5);
    return MapKernels.resize(how, axis, axis, x, y, lanes);
  }

  @ParameterizedTest
  @ValueSource(ints = {4, 8, 16})
  void otherKernelsAreShort(int lanes) {
    FeatureMap x = new Layout(1, 2, 3, 4, 5, 6).map("x", 56, 56, 255);
    FeatureMap y = Layout.TIGHT.map("y", 56, 56, 255);
    Window w = Window.square(9, 1, 4);
    Stream.of(
            Kernels.pool(Pool.max(w), x, y, lanes),
            Kernels.pool(new Pool(Pool.Kind.AVERAGE_PADDED, w), x, y, lanes),
            Kernels.pool(new Pool(Pool.Kind.AVERAGE, w), x, y, lanes),
            Kernels.pool(new Pool(Pool.Kind.L2, w), x, y, lanes),
            Kernels.pointwise(
                Pointwise.parse("+sub +div +erf +mul[0] +exp +clip(0.0,6.0) +tanh +silu"),
                List.of(new Operand.Map(x), new Operand.Map(x), new Operand.Map(x)),
                y,
                lanes),
            Kernels.softmax(x, y, lanes),
            new KernelSpec(
                new GroupSoftmaxTile(lanes, lanes / 2),
                Kernels.softmax(x, y, lanes).named(),
                new float[0],
                1),
            MapKernels.softmax(true, x, y, lanes),
            MapKernels.standardize(1e-5f, x, y, lanes),
            MapKernels.standardizeChannels(1e-5f, x, y, lanes),
            MapKernels.matrixProduct(matrices(x), matrices(x), matrices(y), lanes),
            MapKernels.fill(1, y, lanes),
            MapKernels.localResponse(9, 1, 0.75f, 1, x, y, lanes),
            MapKernels.selectChannels(new int[255], x, y, lanes),
            resize(Interpolation.Method.LINEAR, x, y, lanes),
            resize(Interpolation.Method.CUBIC, x, y, lanes))
        .forEach(spec -> check(spec, spec.literal().program().name()));
  }

  private static Matrices.InArena matrices(FeatureMap map) {
    return new Matrices.InArena(Shape.of(1, map.height(), map.width(), map.channels()), map);
  }
}
