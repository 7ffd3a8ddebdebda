package io.tilebrew.models.image;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.zip.CRC32;
import javax.imageio.ImageIO;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class ImagesTest {
  @Property(tries = 200)
  void brokenImagesEndInOneSentence(
      @ForAll @IntRange(max = 999) int at, @ForAll byte value, @ForAll boolean cut)
      throws IOException {
    byte[] bytes = encoded("png");
    int position = at % bytes.length;
    bytes[position] ^= value;
    byte[] broken = cut ? Arrays.copyOf(bytes, position) : bytes;
    try {
      Images.read(new ByteArrayInputStream(broken), "x.png");
    } catch (IOException e) {
      assertTrue(String.valueOf(e.getMessage()).startsWith("x.png "), e.getMessage());
    }
  }

  @Test
  void sizesAreCheckedBeforeDecoding() throws IOException {
    byte[] bytes = encoded("png");
    ByteBuffer png = ByteBuffer.wrap(bytes);
    png.putInt(16, 100_000).putInt(20, 100_000);
    CRC32 crc = new CRC32();
    crc.update(bytes, 12, 17);
    png.putInt(29, (int) crc.getValue());
    assertEquals(
        "x.png has 10000000000 pixels, expected at most 100000000", fault(bytes).getMessage());
  }

  @Test
  void whatIsNoImageIsSaid() {
    assertEquals(
        "x.png is no PNG, JPEG, GIF, BMP or TIFF image", fault(new byte[100]).getMessage());
  }

  @Test
  void photographsAreTurnedUpright() throws IOException {
    byte[] plain = encoded("jpg");
    byte[] exif = exif(6);
    byte[] turned = new byte[plain.length + exif.length];
    System.arraycopy(plain, 0, turned, 0, 2);
    System.arraycopy(exif, 0, turned, 2, exif.length);
    System.arraycopy(plain, 2, turned, 2 + exif.length, plain.length - 2);
    BufferedImage image = Images.read(new ByteArrayInputStream(turned), "x.jpg");
    assertEquals(8, image.getWidth());
    assertEquals(16, image.getHeight());
  }

  @Test
  void eachOrientationMovesTheCorners() {
    // Corners of a 2x3 image: a b / c d.
    String[] expected = {"abcd", "badc", "dcba", "cdab", "acbd", "cadb", "dbca", "bdac"};
    for (int code = 1; code <= 8; code++) {
      BufferedImage image = new BufferedImage(3, 2, BufferedImage.TYPE_BYTE_GRAY);
      image.getRaster().setSample(0, 0, 0, 'a');
      image.getRaster().setSample(2, 0, 0, 'b');
      image.getRaster().setSample(0, 1, 0, 'c');
      image.getRaster().setSample(2, 1, 0, 'd');
      BufferedImage up = new Orientation(code).upright(image);
      int right = up.getWidth() - 1;
      int below = up.getHeight() - 1;
      int[] corners = {
        up.getRaster().getSample(0, 0, 0),
        up.getRaster().getSample(right, 0, 0),
        up.getRaster().getSample(0, below, 0),
        up.getRaster().getSample(right, below, 0)
      };
      assertArrayEquals(expected[code - 1].chars().toArray(), corners, "orientation " + code);
    }
  }

  @Property
  void anySegmentHasAnOrientation(@ForAll byte[] tail, @ForAll @IntRange(max = 60) int length) {
    byte[] segment = Arrays.copyOf("Exif\0\0MM".getBytes(StandardCharsets.US_ASCII), length);
    System.arraycopy(
        tail, 0, segment, Math.min(8, length), Math.clamp(tail.length, 0, Math.max(0, length - 8)));
    int code = Orientation.of(segment).code();
    assertTrue(code >= 1 && code <= 8);
  }

  private static IOException fault(byte[] bytes) {
    return assertThrows(
        IOException.class, () -> Images.read(new ByteArrayInputStream(bytes), "x.png"));
  }

  private static byte[] encoded(String format) throws IOException {
    BufferedImage image = new BufferedImage(16, 8, BufferedImage.TYPE_INT_RGB);
    image.setRGB(3, 4, 0xffffff);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ImageIO.write(image, format, out);
    return out.toByteArray();
  }

  /** An APP1 segment that says only how the camera was held. */
  private static byte[] exif(int code) {
    ByteBuffer segment = ByteBuffer.allocate(36);
    segment.putShort((short) 0xffe1).putShort((short) 34);
    segment.put("Exif\0\0MM\0*".getBytes(StandardCharsets.US_ASCII)).putInt(8);
    segment.putShort((short) 1).putShort((short) 0x0112).putShort((short) 3).putInt(1);
    segment.putShort((short) code).putShort((short) 0).putInt(0);
    return segment.array();
  }
}
