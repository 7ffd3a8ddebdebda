package io.tilebrew.models.image;

import java.awt.image.BufferedImage;
import java.awt.image.ColorModel;
import java.awt.image.WritableRaster;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import javax.imageio.stream.ImageInputStream;

/**
 * How the camera was held, as the EXIF data of a JPEG file say: a number from 1, upright, to 8.
 *
 * @param code the value of EXIF's tag 0x0112
 */
record Orientation(int code) {
  private static final Orientation UPRIGHT = new Orientation(1);
  private static final byte[] HEADER = "Exif\0\0".getBytes(StandardCharsets.US_ASCII);
  private static final int START = 0xffd8;
  private static final int FIRST_SEGMENT = 0xffc0;
  private static final int SCAN = 0xffda;
  private static final int APP1 = 0xffe1;
  private static final int TAG = 0x0112;
  private static final int ENTRY = 12;

  /** The orientation of the image in {@code file}, which is left at its start. */
  static Orientation of(ImageInputStream file) throws IOException {
    Orientation orientation = UPRIGHT;
    try {
      boolean isJpeg = file.readUnsignedShort() == START;
      while (isJpeg && orientation.code == 1) {
        int marker = file.readUnsignedShort();
        int length = file.readUnsignedShort() - 2;
        if (marker < FIRST_SEGMENT || marker == SCAN || length < 0) {
          break;
        }
        byte[] segment = new byte[length];
        file.readFully(segment);
        orientation = marker == APP1 ? of(segment) : UPRIGHT;
      }
    } catch (EOFException e) {
      orientation = UPRIGHT;
    }
    file.seek(0);
    return orientation;
  }

  /** The orientation in the bytes of an APP1 segment; upright if it is broken. */
  static Orientation of(byte[] segment) {
    ByteBuffer all = ByteBuffer.wrap(segment);
    if (all.remaining() < HEADER.length + 8
        || !all.slice(0, HEADER.length).equals(ByteBuffer.wrap(HEADER))) {
      return UPRIGHT;
    }
    ByteBuffer tiff = all.slice(HEADER.length, all.remaining() - HEADER.length);
    tiff.order(tiff.get(0) == 'I' ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN);
    long directory = Integer.toUnsignedLong(tiff.getInt(4));
    if (directory > tiff.limit() - 2) {
      return UPRIGHT;
    }
    int entries = Short.toUnsignedInt(tiff.getShort((int) directory));
    int at = (int) directory + 2;
    for (int i = 0; i < entries && at <= tiff.limit() - ENTRY; i++, at += ENTRY) {
      if (Short.toUnsignedInt(tiff.getShort(at)) == TAG) {
        int code = Short.toUnsignedInt(tiff.getShort(at + 8));
        return code >= 1 && code <= 8 ? new Orientation(code) : UPRIGHT;
      }
    }
    return UPRIGHT;
  }

  /** {@code image} turned and mirrored so that up is up. */
  BufferedImage upright(BufferedImage image) {
    if (code == 1) {
      return image;
    }
    int w = image.getWidth();
    int h = image.getHeight();
    boolean turned = code >= 5;
    ColorModel model = image.getColorModel();
    WritableRaster from = image.getRaster();
    WritableRaster to = model.createCompatibleWritableRaster(turned ? h : w, turned ? w : h);
    Object pixel = null;
    for (int y = 0; y < h; y++) {
      for (int x = 0; x < w; x++) {
        int right = w - 1 - x;
        int below = h - 1 - y;
        pixel = from.getDataElements(x, y, pixel);
        switch (code) {
          case 2 -> to.setDataElements(right, y, pixel);
          case 3 -> to.setDataElements(right, below, pixel);
          case 4 -> to.setDataElements(x, below, pixel);
          case 5 -> to.setDataElements(y, x, pixel);
          case 6 -> to.setDataElements(below, x, pixel);
          case 7 -> to.setDataElements(below, right, pixel);
          default -> to.setDataElements(y, right, pixel);
        }
      }
    }
    return new BufferedImage(model, to, image.isAlphaPremultiplied(), null);
  }
}
